import type { Item, Table } from "../../../aws/dynamo/table.ts";
import type { AskedEpochs } from "../../../core/asked-epochs.ts";
import { Lease } from "../../../core/lease.ts";
import type { Clock, HandbackMark, Random, Voter } from "../../../core/ports.ts";
import type { VoterSets } from "../../../core/quorum.ts";
import type { LeaseTimings } from "../../../core/timings.ts";
import { type DutyRow, dutyItem, dutyKey } from "../lease/duty-row.ts";
import { type Collected, collected, type EngineState } from "./collect.ts";
import { type HeldDuty, ownPeriod, type Published } from "./period.ts";

export interface KeptDutyOptions {
  readonly duty: string;
  /** Of this process: region, and its start. */
  readonly holder: string;
  /** Whether the duty is at home here. */
  readonly home: boolean;
  readonly timings: LeaseTimings;
  readonly voterSets: VoterSets;
  readonly epochs: AskedEpochs;
  readonly connectors: readonly string[];
  readonly clock: Clock;
  readonly random: Random;
  readonly voters: readonly Voter[];
  readonly table: Table;
  wants(): boolean;
  /** The duty's home is there and hears of this region. */
  homeReady(): boolean;
  /** Nothing was heard of the duty's region for so long that it is to be let go of. */
  blind(): boolean;
  /** Whether this keeper is still the one of its region. */
  mayWrite(): boolean;
  /** Which lease is held has changed. */
  changed(): void;
  /** It was published under a new epoch, or may be acted for again. */
  published(): void;
  engines(done: (engines: readonly EngineState[] | null) => void): void;
}

/** One duty, as the keeper of a region holds it, publishes it, and hands it back. */
export class KeptDuty {
  readonly duty: string;
  readonly #options: KeptDutyOptions;
  #lease: Lease;
  #holder: string;
  #row: DutyRow;
  #version: number;
  /** As it last stood; null: never. */
  #written: DutyRow | null;
  #writing = false;
  /** It stands that the duty is recalled, and nothing else is on its way. */
  #recallStands = false;
  #collecting = false;
  #releasing = false;

  constructor(options: KeptDutyOptions, { row, version }: Published) {
    this.duty = options.duty;
    this.#options = options;
    this.#row = row;
    this.#version = version;
    this.#written = version === 0 ? null : row;
    this.#holder = options.holder;
    this.#lease = this.#newLease();
  }

  /** @param held by the keeper before; null: nothing that it told of */
  start(held: HeldDuty | null): void {
    if (held === null || held.epoch !== this.#row.epoch) return this.#lease.seek();
    this.#holder = held.holder;
    this.#lease = this.#newLease();
    this.#lease.resume(held.epoch, (ok) => (ok ? this.tick() : this.#seekAnew()));
  }

  /** What is held lapses, unless another process of this keeper goes on with it. */
  stop(): void {
    this.#lease.stop();
  }

  get held(): HeldDuty | null {
    const { epoch } = this.#lease;
    return epoch === null || this.#releasing ? null : { holder: this.#holder, epoch };
  }

  /** Looks what is to be done. */
  tick(): void {
    if (this.#lease.epoch === null) return;
    if (this.#options.blind() && this.#lease.wanted) return this.#lease.forgo();
    this.#publish();
    this.#collect();
  }

  #newLease(): Lease {
    const { duty, home, wants, timings, voterSets, epochs, clock, random, voters } = this.#options;
    return new Lease({ duty, holder: this.#holder, home, wants, timings, voterSets, epochs }, clock, random, voters, {
      acquired: (epoch, handback, lastEpoch) => this.#acquired(epoch, handback, lastEpoch),
      lapsed: () => this.#lapsed(),
    });
  }

  /** Under a holder of this process: what another process asked for may still be on its way. */
  #seekAnew(): void {
    this.#lease.stop();
    this.#holder = this.#options.holder;
    this.#lease = this.#newLease();
    this.#lease.seek();
  }

  #acquired(epoch: number, handback: HandbackMark | null, lastEpoch: number): void {
    this.#releasing = false;
    this.#row = { ...this.#row, ...ownPeriod(this.#row, { epoch, handback, lastEpoch }), recalled: false };
    this.#options.changed();
    this.tick();
  }

  #lapsed(): void {
    this.#releasing = false;
    this.#row = { ...this.#row, until: 0 };
    this.#write(() => undefined);
    this.#options.changed();
    if (this.#holder !== this.#options.holder) this.#seekAnew();
  }

  #publish(): void {
    const { clock, home, connectors, homeReady, timings } = this.#options;
    if (this.#releasing) return;
    const until = Math.floor(clock.wallMs() + this.#lease.remainingMs());
    const recalled = !home && homeReady() && (this.#row.recalled || this.#lease.wanted);
    const lent = connectors.filter((connector) => this.#lease.isLent(connector));
    this.#row = { ...this.#row, until, recalled, lent };
    const before = this.#written;
    const isSame =
      before !== null &&
      before.epoch === this.#row.epoch &&
      before.recalled === recalled &&
      this.#recallStands === recalled &&
      before.lent.join() === lent.join() &&
      until - before.until < timings.ttlMs / 16;
    if (isSame) return;
    const isNews = before === null || before.epoch !== this.#row.epoch || (before.recalled && !recalled);
    this.#write(() => isNews && this.#options.published());
  }

  #write(done: () => void): void {
    const { table, mayWrite } = this.#options;
    if (this.#writing || !mayWrite()) return;
    this.#writing = true;
    const row = this.#row;
    if (!row.recalled) this.#recallStands = false;
    const version = this.#version;
    const set = { ...dutyItem(row).attributes, version: version + 1 };
    const condition = version === 0 ? ({ kind: "absent" } as const) : equals("version", version);
    table.update(dutyKey(row.duty), { set }, condition, (written) => {
      this.#writing = false;
      // Another process's write, or an earlier one of this whose answer was lost: written over by the next tick.
      if (written.kind === "unmet") this.#version = versionOf(written.item);
      if (written.kind !== "written") return;
      this.#version = version + 1;
      this.#written = row;
      this.#recallStands = row.recalled;
      done();
    });
  }

  /** Once everybody knows that it is recalled, and nobody acts any more, the lease goes back with what was told. */
  #collect(): void {
    const { epoch } = this.#lease;
    const isKnown = this.#recallStands && this.#written?.epoch === epoch;
    if (!isKnown || this.#collecting || this.#releasing || epoch === null) return;
    this.#collecting = true;
    this.#options.engines((engines) => {
      this.#collecting = false;
      if (engines === null || this.#lease.epoch !== epoch || !this.#recallStands || !this.#row.recalled) return;
      this.#handBack(epoch, collected(this.#row, engines));
    });
  }

  #handBack(epoch: number, found: Collected): void {
    if (found.kind === "waiting" || !this.#options.mayWrite()) return;
    this.#releasing = true;
    this.#row = { ...this.#row, until: 0 };
    this.#write(() => undefined);
    this.#lease.release({ epoch, marks: found.marks });
    this.#options.changed();
    if (this.#holder !== this.#options.holder) this.#seekAnew();
  }
}

const equals = (attribute: string, value: number) => ({ kind: "equals", attribute, value }) as const;
const versionOf = (item: Item | null): number => Number(item?.attributes.version ?? 0);
