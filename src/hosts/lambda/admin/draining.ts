import type { Change, Table, Written } from "../../../aws/dynamo/table.ts";
import { Refused } from "../../shared/admin-routes.ts";
import { connectorKey } from "../runtime/drain.ts";

/** Tells the functions of a connector whether they are to take anything more. */
export class Draining {
  readonly #table: Table;

  constructor(regionalTable: Table) {
    this.#table = regionalTable;
  }

  /** @param digest of the deployed definition: one that is deployed anew drains no more */
  begin(connector: string, digest: string): Promise<void> {
    return this.#update(connector, { set: { draining: digest } });
  }

  end(connector: string): Promise<void> {
    return this.#update(connector, { remove: ["draining"] });
  }

  async #update(connector: string, change: Change): Promise<void> {
    const written = await new Promise<Written>((done) =>
      this.#table.update(connectorKey(connector), change, null, done),
    );
    if (written.kind !== "written") throw new Refused("the region's table takes nothing");
  }
}
