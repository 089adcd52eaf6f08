import type { Table } from "../../../aws/dynamo/table.ts";
import type { Clock, Done } from "../../../core/ports.ts";
import { engineKey } from "../lease/engine-claim.ts";

export interface DoorbellOptions {
  /** Of the region, not replicated. */
  readonly table: Table;
  readonly connector: string;
  readonly clock: Clock;
}

/**
 * What a call leaves that found the connector's engine at work: the engine, once it has let go of its claim, looks whether
 * somebody rang since it last looked for work. So nothing waits that came between its last look and its end.
 */
export class Doorbell {
  readonly #options: DoorbellOptions;

  constructor(options: DoorbellOptions) {
    this.#options = options;
  }

  ring(done: () => void): void {
    const { table, connector, clock } = this.#options;
    // A mark of its own, so that two rings within a millisecond are two.
    const rung = `${clock.wallMs()} ${crypto.randomUUID()}`;
    table.update(engineKey(connector), { set: { rung } }, { kind: "present" }, done);
  }

  /** The last ring; `done("")`: nobody rang, `done(null)`: it cannot be told. */
  last(done: Done<string | null>): void {
    const { table, connector } = this.#options;
    table.get([engineKey(connector)], true, (got) =>
      done(got.kind === "got" ? String(got.items[0]?.attributes.rung ?? "") : null),
    );
  }
}
