import type { Table } from "../aws/dynamo/table.ts";
import type { AcceptAnswer, AcceptInput } from "../core/acceptor.ts";
import type { Clock, Done, Journal, Peers, Voter } from "../core/ports.ts";
import type { Vector } from "../core/records.ts";
import type { Region } from "../core/region.ts";
import { type Accepted, DynamoAccept } from "../journal/dynamo/accept.ts";
import type { ReplicaTables } from "../journal/dynamo/entries.ts";
import { beatKey, Heartbeats } from "../journal/dynamo/heartbeats.ts";
import { statusIn, statusKey } from "../journal/dynamo/status.ts";
import { DynamoStore } from "../journal/dynamo/store.ts";
import { DynamoVoter } from "../voter/dynamo/dynamo-voter.ts";
import { translator } from "./content.ts";
import type { Held } from "./held.ts";
import type { Machine } from "./process.ts";
import type { Dice } from "./random.ts";
import { type ConnectorShape, machinesOf, type Shape } from "./schedule-model.ts";
import type { TableService } from "./table-service.ts";
import { leaseTimings } from "./timings.ts";

/** How often the inbox is looked through and the other regions are told that this one is there. Milliseconds. */
const lookMs = 200;
const beatMs = 1_000;
const openAgainMs = 500;
/** Pages after which a checkpoint is written: few, so that much is read from them. */
const checkpointPages = 6;
/** In proportion to the shorter lease, as on AWS. */
const rescueAfterMs = leaseTimings.ttlMs / 6;

export interface DynamoProcessPlace {
  readonly machine: Machine;
  readonly service: TableService;
  readonly dice: Dice;
  readonly shape: Shape;
  /** Puts something wrong between the adapters and the connector's table. */
  readonly table: (table: Table) => Table;
}

/** What one process of a region runs over where everything stands in tables of DynamoDB. It has one connector. */
export class DynamoProcess {
  readonly journal: Journal;
  readonly peers: Peers;
  readonly voters: readonly Voter[];
  readonly #place: DynamoProcessPlace;
  readonly #clock: Clock;
  readonly #connector: ConnectorShape;
  readonly #table: Table;
  readonly #gateway: Table;
  readonly #heartbeats: Heartbeats;
  readonly #store: DynamoStore;
  readonly #accept: DynamoAccept;
  #beats = 0;

  constructor(place: DynamoProcessPlace) {
    const { machine, service, dice, shape } = place;
    const { regions } = shape;
    const [connector] = shape.connectors;
    if (connector === undefined) throw new Error("a process over tables has one connector");
    this.#place = place;
    this.#connector = connector;
    const clock = machine.clock();
    this.#clock = clock;
    const region = machine.name;
    const others = regions.filter((other) => other !== region);
    this.#table = place.table(service.connector(machine, connector.name, region));
    this.#gateway = service.gateway(machine);
    this.#heartbeats = new Heartbeats({ clock, gatewayTable: this.#gateway, others, staleMs: leaseTimings.ttlMs });
    const at = { region, regions, connector: connector.name, clock, table: this.#table, replicas: this.#replicas() };
    this.#store = new DynamoStore({
      ...at,
      random: () => dice.next(),
      regionalTable: service.regional(machine, region),
      isStale: (other) => this.#heartbeats.isStale(other),
      checkpointPages,
      rescueAfterMs,
    });
    this.journal = this.#store.journal;
    this.peers = this.#store.peers;
    this.voters = votersOf(place);
    this.#accept = new DynamoAccept(at);
  }

  /** What is known here, as whoever judges it from beside sees it. */
  get held(): Held {
    return this.#store.index;
  }

  /** Reads all that is there, however long the tables do not answer. */
  open(done: () => void): void {
    this.#beat();
    const attempt = (): void =>
      this.#heartbeats.look(() =>
        this.#store.open((well) => (well ? done() : this.#clock.after(openAgainMs, attempt))),
      );
    attempt();
  }

  /** Numbers what is accepted, for as long as the process runs. */
  look(region: Region): void {
    const again = (): void => void this.#clock.after(lookMs, () => this.look(region));
    if (!region.begun) return again();
    this.#heartbeats.look(() =>
      this.#rescue(this.#lost(region), () =>
        this.#store.sweep((segments) => {
          for (const segment of segments ?? []) region.took(segment);
          this.#store.checkpoint(again);
        }),
      ),
    );
  }

  /** As a function does that has no journals at hand. */
  accept(input: AcceptInput, done: Done<AcceptAnswer>): void {
    this.#after((after) => {
      const entry = { kind: "entry", ...input, acceptedAt: this.#clock.wallMs(), after } as const;
      this.#accept.accept(entry, (accepted) => this.#accepted(input, accepted, done));
    });
  }

  #accepted({ identity, payload }: AcceptInput, accepted: Accepted, done: Done<AcceptAnswer>): void {
    if (accepted.kind === "accepted") return done(accepted);
    if (accepted.kind === "refused") return done(refusal);
    translator.sameContent(this.#connector.name, accepted.payload, payload, (same) => {
      if (same) return done({ kind: "repeated", conflict: false });
      this.#accept.conflict(identity, payload, (kept) => done(kept ? { kind: "repeated", conflict: true } : refusal));
    });
  }

  /** What the region holds of other regions' journals, as its engine told last. */
  #after(done: Done<Vector>): void {
    const { name } = this.#place.machine;
    if (this.#connector.ordering === "none") return done({});
    this.#table.get([statusKey(name)], false, (got) => {
      const { vector } = statusIn(got.kind === "got" ? (got.items[0] ?? null) : null);
      done(Object.fromEntries(Object.entries(vector).filter(([journal]) => !journal.startsWith(`${name}.`))));
    });
  }

  #lost(region: Region): readonly string[] {
    return region.config.regions.filter(
      (other) =>
        other !== region.config.region &&
        region.handsOn(this.#connector.name, other) &&
        this.#heartbeats.isStale(other),
    );
  }

  #rescue([lost, ...rest]: readonly string[], done: () => void): void {
    if (lost === undefined) done();
    else this.#store.rescue(lost, () => this.#rescue(rest, done));
  }

  #beat(): void {
    this.#beats += 1;
    const at = this.#clock.wallMs();
    const attributes = { n: at * 1_000 + this.#beats, at };
    this.#gateway.put({ ...beatKey(this.#place.machine.name), attributes }, null, () => undefined);
    this.#clock.after(beatMs, () => this.#beat());
  }

  #replicas(): ReplicaTables | null {
    const { machine, service, shape } = this.#place;
    const { name, durability, whenAlone } = this.#connector;
    if (durability === "regional") return null;
    const others = shape.regions.filter((other) => other !== machine.name);
    return { tables: others.map((other) => service.connector(machine, name, other)), whenAlone };
  }
}

const refusal = { kind: "refused", reason: "failed", retryAfterMs: 5_000 } as const;

const votersOf = ({ machine, service, shape }: DynamoProcessPlace): readonly Voter[] => {
  const clock = machine.clock();
  const process = `${machine.name} ${machine.generation}`;
  const all = machinesOf(shape).map((name) => {
    const others: Voter[] = [];
    const table = service.regional(machine, name);
    return { voter: new DynamoVoter({ name, table, timings: leaseTimings, clock, process, others }), others };
  });
  for (const { voter, others } of all) {
    others.push(...all.map((each) => each.voter).filter((each) => each !== voter));
  }
  return all.map(({ voter }) => voter);
};
