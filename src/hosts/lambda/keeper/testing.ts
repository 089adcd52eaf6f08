/** A few regions with their keepers and engines over tables in memory, moved by hand. */
import { MemoryStore, MemoryTable } from "../../../aws/dynamo/memory-table.ts";
import type { Table } from "../../../aws/dynamo/table.ts";
import type { KeptLeaseListener } from "../../../core/duties.ts";
import type { DutyLease } from "../../../core/lease.ts";
import type { Clock, HandbackMark, Voter } from "../../../core/ports.ts";
import { TestClock } from "../../../core/testing.ts";
import type { LeaseTimings } from "../../../core/timings.ts";
import { DynamoVoter } from "../../../voter/dynamo/dynamo-voter.ts";
import { type ClaimTaken, EngineClaim } from "../lease/engine-claim.ts";
import { KeptLeases } from "../lease/kept-leases.ts";
import { Keeper } from "./keeper.ts";
import { TimedTable } from "./testing-table.ts";

export const timings: LeaseTimings = { ttlMs: 6_000, marginMs: 500, requestTimeoutMs: 2_000 };
export const regions = ["east", "west"] as const;
const names = [...regions, "witness"] as const;

/** The way of one process to all tables. */
export interface Line {
  /** For good where the process was killed: nothing leaves it, and no answer reaches it. */
  cut: boolean;
  /** How long each way takes, in milliseconds. Default: no time. */
  readonly delayMs?: () => number;
}

export class TestGateways {
  readonly clock = new TestClock();
  readonly regional = new Map(names.map((name) => [name as string, new MemoryStore()]));
  readonly gateway = new MemoryStore();
  readonly woken: string[] = [];
  #started = 0;

  table(store: MemoryStore, line: Line, clock: Clock): Table {
    const way = (on: Clock) => (run: () => void) => {
      const pass = (): void => {
        if (!line.cut) run();
      };
      if (line.delayMs === undefined) return pass();
      if (!line.cut) on.after(line.delayMs(), pass);
    };
    const table = new MemoryTable(store, { go: way(this.clock), back: way(clock) });
    return line.delayMs === undefined ? table : new TimedTable(table, clock, timings.requestTimeoutMs / 4);
  }

  regionalOf(name: string): MemoryStore {
    const store = this.regional.get(name);
    if (store === undefined) throw new Error(`there is no region ${name}`);
    return store;
  }

  keeper(region: string, clock: Clock = this.clock, line: Line = { cut: false }) {
    this.#started += 1;
    const id = `k${this.#started}`;
    const keeper = new Keeper(
      { region, regions, mode: "active-active", id, timings, connectors: ["orders"] },
      {
        clock,
        random: () => 0.5,
        voters: this.voters(line, clock, id),
        regionalTable: this.table(this.regionalOf(region), line, clock),
        gatewayTable: this.table(this.gateway, line, clock),
        wake: { engine: (connector) => this.woken.push(`${region} ${connector}`), keeper: () => undefined },
      },
    );
    let started = "";
    keeper.start((how) => {
      started = how;
    });
    return { keeper, line, started: () => started };
  }

  voters(line: Line, clock: Clock, process: string): readonly Voter[] {
    const voterSets = { generation: 1, sets: [names] };
    const all = names.map((name) => {
      const others: Voter[] = [];
      const table = this.table(this.regionalOf(name), line, clock);
      return { others, voter: new DynamoVoter({ name, table, timings, clock, process, others, voterSets }) };
    });
    for (const { voter, others } of all) others.push(...all.map((each) => each.voter).filter((each) => each !== voter));
    return all.map(({ voter }) => voter);
  }

  /** An engine that has its connector's claim; null: another one does. */
  engine(region: string) {
    const engine = this.startEngine(region);
    return engine.claimed() === "taken" ? engine : null;
  }

  /**
   * An engine that holds the leases of both duties for as long as it may.
   *
   * @param drainMs how long its requests take to end when a duty is recalled
   */
  startEngine(region: string, clock: Clock = this.clock, line: Line = { cut: false }, drainMs = 0) {
    this.#started += 1;
    const table = this.table(this.regionalOf(region), line, clock);
    const claim = new EngineClaim({ table, connector: "orders", id: `e${this.#started}`, timings, clock });
    const kept = new KeptLeases({ table, claim, timings, clock });
    const told: string[] = [];
    const marks: (HandbackMark | null)[] = [];
    const leases = new Map<string, DutyLease>();
    const giveBack = (duty: string): void => {
      const lease = leases.get(duty);
      if (lease === undefined || lease.epoch === null) return;
      lease.release({ epoch: lease.epoch, marks: { orders: this.mark(region) } });
    };
    const listenerOf = (duty: string): KeptLeaseListener => ({
      acquired: (epoch, mark) => {
        told.push(`${duty} acquired ${epoch}`);
        marks.push(mark);
      },
      lapsed: (epoch) => told.push(`${duty} lapsed ${epoch}`),
      recalled: () => {
        told.push(`${duty} recalled`);
        if (drainMs === 0) giveBack(duty);
        else clock.after(drainMs, () => giveBack(duty));
      },
    });
    let claimed: ClaimTaken["kind"] | "asking" | "ended" = "asking";
    claim.take(({ kind }) => {
      claimed = kind;
      if (kind !== "taken") return;
      for (const duty of regions) {
        const lease = kept.of(duty, listenerOf(duty));
        leases.set(duty, lease);
        lease.seek();
      }
    });
    const end = (): void => {
      for (const duty of regions) giveBack(duty);
      kept.stop();
      claim.release(null, () => {
        claimed = "ended";
      });
    };
    const holds = (duty: string): boolean => leases.get(duty)?.holds() === true;
    return { claim, line, told, marks, holds, end, drop: () => kept.stop(), claimed: () => claimed };
  }

  mark(region: string): HandbackMark["marks"][string] {
    return { journal: `${region}.1`, position: 7, held: {} };
  }

  /** Moves time in small steps, until it is so. */
  until(isSo: () => boolean, withinMs = 120_000): void {
    for (let waited = 0; !isSo(); waited += 50) {
      if (waited > withinMs) throw new Error("it never came to be so");
      this.clock.advance(50);
    }
  }
}

export type TestEngine = NonNullable<ReturnType<TestGateways["startEngine"]>>;
