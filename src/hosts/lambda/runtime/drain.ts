import type { Item, Table, TableFailure } from "../../../aws/dynamo/table.ts";
import type { Clock } from "../../../core/ports.ts";

/** What is asked of a connector is looked at again after this long. Milliseconds. */
const freshMs = 5_000;

export const connectorKey = (name: string): { readonly pk: string; readonly sk: string } => ({
  pk: "connector",
  sk: name,
});

export interface DrainOptions {
  /** Of the region, not replicated. */
  readonly table: Table;
  readonly connector: string;
  /** Of the deployed definition: one that is deployed anew drains no more. */
  readonly digest: string;
  readonly clock: Clock;
}

/** Whether the connector is to accept nothing more until it is deployed anew. A table that does not answer changes nothing. */
export class Drain {
  readonly #options: DrainOptions;
  #draining = false;
  #pendingBytes = 0;
  #readAt = Number.NEGATIVE_INFINITY;

  constructor(options: DrainOptions) {
    this.#options = options;
  }

  /** As it was read last. */
  get known(): boolean {
    return this.#draining;
  }

  /** Payload bytes that the connector holds here, as its engine told last. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  async asked(): Promise<boolean> {
    const { table, connector, clock, digest } = this.#options;
    const now = clock.monotonicMs();
    if (now - this.#readAt < freshMs) return this.#draining;
    this.#readAt = now;
    const got = await new Promise<Item | null | TableFailure>((done) =>
      table.get([connectorKey(connector)], false, (answer) =>
        done(answer.kind === "got" ? (answer.items[0] ?? null) : answer),
      ),
    );
    if (got === null || "attributes" in got) {
      this.#draining = got?.attributes.draining === digest;
      this.#pendingBytes = Number(got?.attributes.pendingBytes ?? 0);
    }
    return this.#draining;
  }
}
