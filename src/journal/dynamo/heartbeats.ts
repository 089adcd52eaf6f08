import type { ItemKey, Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done } from "../../core/ports.ts";

export interface HeartbeatPorts {
  readonly clock: Clock;
  /** What the gateways of all regions tell each other. */
  readonly gatewayTable: Table;
  readonly others: readonly string[];
  /** A gateway that was not heard of for so long is taken for lost. Milliseconds. */
  readonly staleMs: number;
}

/** Beats are a few seconds apart: whoever looks more often is told what was read last. */
const lookMs = 500;

export const beatKey = (region: string): ItemKey => ({ pk: `${region}#beat`, sk: "keeper" });

interface Heard {
  readonly n: number;
  /** Monotonic, ms. */
  readonly at: number;
}

/** Whether the gateways of other regions are heard of, by their beats in the replica of this region. */
export class Heartbeats {
  readonly #ports: HeartbeatPorts;
  readonly #heard = new Map<string, Heard>();
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(ports: HeartbeatPorts) {
    this.#ports = ports;
  }

  /** Reads the beats, if it did not just now. `done(false)`: the table did not answer, and what was heard grows older. */
  look(done: Done<boolean>): void {
    const { clock, gatewayTable, others } = this.#ports;
    const now = clock.monotonicMs();
    if (now - this.#readAt < lookMs) return done(true);
    gatewayTable.get(others.map(beatKey), false, (got) => {
      if (got.kind === "failed") return done(false);
      this.#readAt = now;
      for (const [at, region] of others.entries()) {
        const { n, at: writtenAt } = got.items[at]?.attributes ?? {};
        if (typeof n === "number" && typeof writtenAt === "number") this.#hear(region, n, writtenAt);
      }
      done(true);
    });
  }

  isStale(region: string): boolean {
    const heard = this.#heard.get(region);
    return heard === undefined || this.#ports.clock.monotonicMs() - heard.at > this.#ports.staleMs;
  }

  #hear(region: string, n: number, writtenAt: number): void {
    const { clock } = this.#ports;
    const before = this.#heard.get(region);
    if (before?.n === n) return;
    // The first beat that is read may be old; later ones are told by that they changed.
    const ageMs = before === undefined ? Math.max(0, clock.wallMs() - writtenAt) : 0;
    this.#heard.set(region, { n, at: clock.monotonicMs() - ageMs });
  }
}
