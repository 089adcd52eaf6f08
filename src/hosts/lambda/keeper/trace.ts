import type { Table } from "../../../aws/dynamo/table.ts";
import type { AcceptAnswer, AcceptInput } from "../../../core/acceptor.ts";
import { noSource } from "../../../core/no-source.ts";
import type { Clock, Done, Random } from "../../../core/ports.ts";
import { Region } from "../../../core/region.ts";
import type { LeaseTimings } from "../../../core/timings.ts";
import { DynamoAccept } from "../../../journal/dynamo/accept.ts";
import { DynamoStore } from "../../../journal/dynamo/store.ts";
import { asItIs, Health, type HealthAnswer, healthConnector, healthSpec } from "../../shared/health.ts";
import { Engine, type EnginePorts } from "../dispatch/engine.ts";
import { Movement } from "../dispatch/movement.ts";
import { actsAtHome, type ToldHealth } from "../runtime/health.ts";
import { TraceLease } from "./trace-lease.ts";
import { TraceTable } from "./trace-table.ts";

export interface TracePlace {
  readonly environment: string;
  readonly region: string;
  readonly mode: "active-active" | "primary-secondary";
  readonly lease: LeaseTimings;
  /** Of the region, not replicated. */
  readonly regionalTable: Table;
  readonly clock: Clock;
  readonly random: Random;
}

/** How long a trace may take on its way. Milliseconds. */
const patienceMs = 3_000;
/** The engine of a trace ends by itself a moment after it. Milliseconds. */
const times = { lookMs: 100, stillLookMs: 100, quietMs: 300, nearMs: 0, stopMs: 1_000 };
/** How long one trace takes at most, with what it leaves to be removed. Milliseconds. */
export const longestTraceMs = 2 * patienceMs + times.stopMs;

const takesEntries: HealthAnswer = { well: true, detail: "the store takes entries" };

/**
 * One trace: accepted, numbered, and handed on under the region's lease to a taker of our own, by the code that does so for
 * a connector.
 *
 * @param id never used again
 */
export const trace = async (place: TracePlace, id: string): Promise<ToldHealth> => {
  const { clock, regionalTable } = place;
  const at = clock.wallMs();
  const table = new TraceTable(regionalTable, id);
  const told = await traced(place, table, id);
  await new Promise<void>((done) => table.clear(done));
  return { ...told, at };
};

const traced = async (place: TracePlace, table: TraceTable, id: string): Promise<Omit<ToldHealth, "at">> => {
  const { clock, region, regionalTable } = place;
  const store = storeOf(place, table);
  const isOpen = await new Promise<boolean>((done) => store.open(done));
  if (!isOpen) return { accept: { well: false, detail: "the store does not answer" }, act: null };
  const acts = await actsAtHome({ region, regionalTable, clock });
  const health = new Health({ clock, accept: acceptingOf(place, table), acts: () => acts, patienceMs });
  let isOver = false;
  const ended = running({ place, store, health, id, isOver: () => isOver });
  const act = acts ? await health.act() : null;
  const accept = act?.well === true ? takesEntries : await health.accept();
  isOver = true;
  await ended;
  return { accept, act };
};

const acceptingOf =
  ({ clock, region }: TracePlace, table: Table) =>
  (input: AcceptInput, done: Done<AcceptAnswer>): void => {
    const accepting = new DynamoAccept({ region, regions: [region], clock, table, replicas: null });
    accepting.accept({ kind: "entry", ...input, acceptedAt: clock.wallMs(), after: {} }, ({ kind }) =>
      done(kind === "refused" ? { kind: "refused", reason: "failed", retryAfterMs: patienceMs } : { kind: "accepted" }),
    );
  };

const storeOf = ({ clock, random, region }: TracePlace, table: TraceTable): DynamoStore =>
  new DynamoStore({
    clock,
    random,
    region,
    regions: [region],
    connector: healthConnector,
    table,
    regionalTable: table,
    isStale: () => false,
  });

const nobody = { observe: () => undefined };
interface Run {
  readonly place: TracePlace;
  readonly store: DynamoStore;
  readonly health: Health;
  readonly id: string;
  /** Nothing more is given. */
  readonly isOver: () => boolean;
}

/** The engine of a trace, until that is over. */
const running = (run: Run): Promise<unknown> => {
  const { place, store, isOver } = run;
  const { clock } = place;
  const movement = new Movement(clock, nobody);
  const region = regionOf(run, movement);
  const sweep: EnginePorts["sweep"] = (_actsFor, swept) => {
    if (!isOver()) movement.moved();
    store.sweep(swept);
  };
  const { journal } = store;
  const ports = { region, spec: healthSpec, paused: false, journal, clock, movement, times, mayAct: () => true };
  return new Promise((done) => {
    new Engine({ ...ports, sweep, stopping: () => undefined }, longestTraceMs, done).start();
  });
};

const regionOf = ({ place, store, health, id }: Run, movement: Movement): Region => {
  const { environment, region, mode, lease, regionalTable: table, clock, random } = place;
  return new Region(
    { environment, region, regions: [region], mode, lease, processId: id, store: "shared" },
    {
      clock,
      random,
      voters: [],
      leases: (duty, listener) => new TraceLease({ duty, table, clock }, listener),
      journal: store.journal,
      peers: store.peers,
      translator: asItIs,
      observer: movement,
      taker: () => movement.taker(health),
      source: () => noSource,
    },
  );
};
