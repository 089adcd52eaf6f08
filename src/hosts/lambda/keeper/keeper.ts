import type { Item, Table } from "../../../aws/dynamo/table.ts";
import { AskedEpochs } from "../../../core/asked-epochs.ts";
import { dutyHomeOf, type RegionSet } from "../../../core/homes.ts";
import type { Clock, Done, Random, Timer, Voter } from "../../../core/ports.ts";
import type { LeaseTimings } from "../../../core/timings.ts";
import { Claim, type ClaimView, claimView, isFree } from "../lease/claim.ts";
import { dutyPk, mostDuties } from "../lease/duty-row.ts";
import { claimTtlMs, engineNote, enginePk } from "../lease/engine-claim.ts";
import { Beats } from "./beats.ts";
import type { EngineState } from "./collect.ts";
import { KeptDuty } from "./kept-duty.ts";
import { type HeldDuty, publishedOf } from "./period.ts";
import { type Sleeper, Sweeps } from "./sweeps.ts";
import type { Wake } from "./wake.ts";

export interface KeeperOptions extends RegionSet {
  readonly region: string;
  /** Of this call of the function: never used again. */
  readonly id: string;
  readonly timings: LeaseTimings;
  readonly connectors: readonly string[];
}

export interface KeeperPorts {
  readonly clock: Clock;
  readonly random: Random;
  /** All that decide, in one set. */
  readonly voters: readonly Voter[];
  readonly regionalTable: Table;
  readonly gatewayTable: Table;
  readonly wake: Wake;
}

export type KeeperStart = "keeps" | "busy" | "failed";

/** What the next keeper of the region goes on with. */
interface KeeperNote {
  readonly held: Readonly<Record<string, HeldDuty>>;
  readonly sweptAt: number;
}

type Engine = EngineState & Sleeper;

const keeperKey = { pk: "keeper", sk: "keeper" };
/** More connectors than one gateway has. */
const mostEngines = 1_000;
const noNote: KeeperNote = { held: {}, sweptAt: 0 };
const noteOf = (view: ClaimView | null): KeeperNote => (view === null ? noNote : (JSON.parse(view.note) as KeeperNote));

/** Holds a region's duties at the voters, publishes them to its engines, and hands them back. */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #ports: KeeperPorts;
  readonly #claim: Claim;
  readonly #beats: Beats;
  #duties: readonly KeptDuty[] = [];
  #sweeps: Sweeps;
  #timer: Timer | null = null;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #stopped = false;
  #whenLost: () => void = () => undefined;

  constructor(options: KeeperOptions, ports: KeeperPorts) {
    const { region, regions, timings, id, connectors } = options;
    const { clock, regionalTable, gatewayTable } = ports;
    this.#options = options;
    this.#ports = ports;
    const ttlMs = claimTtlMs(timings);
    const marginMs = Math.min(timings.marginMs, ttlMs / 4);
    this.#claim = new Claim({ table: regionalTable, key: keeperKey, id, ttlMs, marginMs, clock });
    const others = regions.filter((each) => each !== region);
    this.#beats = new Beats({ region, others, table: gatewayTable, clock, ttlMs: timings.ttlMs });
    this.#sweeps = new Sweeps(connectors, 0);
  }

  /** `busy`: another call of the function keeps, or was cut off so lately that it may. */
  start(done: Done<KeeperStart>): void {
    const { regionalTable } = this.#ports;
    const noteAfter = (before: ClaimView | null): string => JSON.stringify(noteOf(before));
    this.#claim.take(noteAfter, (taken) => {
      if (taken.kind !== "taken") return done(taken.kind);
      const note = noteOf(taken.before);
      this.#sweeps = new Sweeps(this.#options.connectors, note.sweptAt);
      regionalTable.query({ pk: dutyPk, limit: mostDuties, consistent: true }, (read) => {
        if (read.kind === "failed") return this.#claim.release(JSON.stringify(note), () => done("failed"));
        this.#begin(read.items, note);
        done("keeps");
      });
    });
  }

  /** Calls once when it keeps no more without having been stopped: it never does again, and the next one may. */
  onLost(lost: () => void): void {
    this.#whenLost = lost;
  }

  /** Whether it is still the keeper of its region, by both clocks, now. */
  keeps(): boolean {
    return !this.#stopped && this.#claim.holds();
  }

  /** Ends; what it holds the next one goes on with, or it lapses. */
  stop(done: () => void): void {
    const note = this.#note();
    this.#stopped = true;
    this.#timer?.cancel();
    for (const duty of this.#duties) duty.stop();
    this.#claim.release(note, done);
  }

  #begin(items: readonly Item[], note: KeeperNote): void {
    const epochs = new AskedEpochs();
    this.#duties = this.#options.regions.map((duty) =>
      this.#newDuty(
        duty,
        items.find(({ sk }) => sk === duty),
        epochs,
      ),
    );
    for (const duty of this.#duties) duty.start(note.held[duty.duty] ?? null);
    this.#tick();
  }

  #newDuty(duty: string, item: Item | undefined, epochs: AskedEpochs): KeptDuty {
    const { region: self, id, timings, connectors } = this.#options;
    const { voters, regionalTable: table } = this.#ports;
    const home = dutyHomeOf(duty, this.#options);
    const beats = this.#beats;
    return new KeptDuty(
      {
        ...this.#ports,
        duty,
        holder: `${self}/${id}`,
        home: home === self,
        timings,
        voterSets: { generation: 1, sets: [voters.map(({ name }) => name)] },
        epochs,
        connectors,
        table,
        wants: () => home === self || (duty === self && !beats.hearsUs(home)),
        homeReady: () => beats.hearsUs(home),
        blind: () => duty !== self && beats.silentMs(duty) >= timings.ttlMs,
        mayWrite: () => this.keeps(),
        changed: () => this.#keepNote(),
        published: () => this.#wakeAll(),
        engines: (done) => this.#engines(done),
      },
      publishedOf(duty, item),
    );
  }

  #tick(): void {
    if (this.#stopped) return;
    if (!this.#claim.holds()) {
      for (const duty of this.#duties) duty.stop();
      this.#stopped = true;
      return this.#whenLost();
    }
    const { clock } = this.#ports;
    const { ttlMs } = this.#options.timings;
    for (const duty of this.#duties) duty.tick();
    if (clock.monotonicMs() - this.#lookedAt >= ttlMs / 15) {
      this.#lookedAt = clock.monotonicMs();
      this.#beats.beat();
      this.#sweep();
    }
    this.#timer = clock.after(ttlMs / 30, () => this.#tick());
  }

  #sweep(): void {
    this.#engines((engines) => {
      if (engines === null || !this.keeps()) return;
      for (const connector of this.#sweeps.due(this.#ports.clock.wallMs(), engines)) this.#ports.wake.engine(connector);
    });
  }

  #wakeAll(): void {
    for (const connector of this.#sweeps.all(this.#ports.clock.wallMs())) this.#ports.wake.engine(connector);
  }

  #engines(done: Done<readonly Engine[] | null>): void {
    const { regionalTable, clock } = this.#ports;
    regionalTable.query({ pk: enginePk, limit: mostEngines, consistent: true }, (read) => {
      if (read.kind === "failed" || read.more) return done(null);
      const now = clock.wallMs();
      done(
        read.items.map((item) => {
          const view = claimView(item);
          const { acted, wakeAt } = engineNote(view);
          const { released, until } = view;
          // One that was cut off left what it was about.
          return { connector: item.sk, free: isFree(view, now), acted, wakeAt: released ? wakeAt : until };
        }),
      );
    });
  }

  #keepNote(): void {
    if (this.keeps()) this.#claim.keep(this.#note(), () => undefined);
  }

  #note(): string {
    const held = Object.fromEntries(
      this.#duties.flatMap((duty) => (duty.held === null ? [] : [[duty.duty, duty.held] as const])),
    );
    const note: KeeperNote = { held, sweptAt: this.#sweeps.sweptAt };
    return JSON.stringify(note);
  }
}
