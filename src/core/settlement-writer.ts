import type { DispatchPorts } from "./dispatch-ports.ts";
import type { SettlementRecord } from "./records.ts";

/** Writes settlements for as long as it takes: an outcome that is known must not be forgotten. */
export class SettlementWriter {
  readonly #connector: string;
  readonly #ports: Pick<DispatchPorts, "clock" | "observer" | "write">;
  readonly #retryMs: number;
  #pending = 0;

  /** @param retryMs a store that refuses is asked again after this long, in milliseconds */
  constructor(connector: string, ports: Pick<DispatchPorts, "clock" | "observer" | "write">, retryMs: number) {
    this.#connector = connector;
    this.#ports = ports;
    this.#retryMs = retryMs;
  }

  /** Settlements that are not durable yet. */
  get pending(): number {
    return this.#pending;
  }

  write(settlement: SettlementRecord, done: () => void): void {
    this.writeAll([settlement], done);
  }

  /** As one unit. */
  writeAll(settlements: readonly SettlementRecord[], done: () => void): void {
    this.#pending += settlements.length;
    this.#try(settlements, done);
  }

  #try(settlements: readonly SettlementRecord[], done: () => void): void {
    this.#ports.write(this.#connector, settlements, (result) => {
      if (result.kind === "refused") {
        this.#ports.clock.after(this.#retryMs, () => this.#try(settlements, done));
        return;
      }
      this.#pending -= settlements.length;
      for (const settlement of settlements) {
        this.#ports.observer.observe({ kind: "settled", connector: this.#connector, settlement });
      }
      done();
    });
  }
}
