import type { DispatchPorts } from "./dispatch-ports.ts";
import type { SettlementRecord } from "./records.ts";

/** A store that refuses is asked again after this long. */
const storeRetryMs = 500;

/** Writes settlements for as long as it takes: an outcome that is known must not be forgotten. */
export class SettlementWriter {
  readonly #connector: string;
  readonly #ports: DispatchPorts;
  #pending = 0;

  constructor(connector: string, ports: DispatchPorts) {
    this.#connector = connector;
    this.#ports = ports;
  }

  /** Settlements that are not durable yet. */
  get pending(): number {
    return this.#pending;
  }

  write(settlement: SettlementRecord, done: () => void): void {
    this.#pending += 1;
    this.#try(settlement, done);
  }

  #try(settlement: SettlementRecord, done: () => void): void {
    this.#ports.write(this.#connector, [settlement], (result) => {
      if (result.kind === "refused") {
        this.#ports.clock.after(storeRetryMs, () => this.#try(settlement, done));
        return;
      }
      this.#pending -= 1;
      this.#ports.observer.observe({ kind: "settled", connector: this.#connector, settlement });
      done();
    });
  }
}
