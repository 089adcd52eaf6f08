// Which incarnation of its journals a region is in: the store knows it, whichever process asks.
import type { ItemKey, Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done } from "../../core/ports.ts";

const keyOf = (connector: string): ItemKey => ({ pk: "store", sk: connector });

/**
 * The incarnation that is recorded in the region; where none is, one that was never used begins: 1 in a new store, the
 * wall clock in milliseconds where the region has written before and its record was lost.
 *
 * @param written whether the region has written anything into the connector's table
 * @param done null: the table did not answer
 */
export const incarnationOf = (
  regionalTable: Table,
  connector: string,
  clock: Clock,
  written: (done: Done<boolean | null>) => void,
  done: Done<number | null>,
): void => {
  const key = keyOf(connector);
  regionalTable.get([key], true, (got) => {
    if (got.kind === "failed") return done(null);
    const recorded = got.items[0]?.attributes.incarnation;
    if (typeof recorded === "number") return done(recorded);
    written((isWritten) => {
      if (isWritten === null) return done(null);
      const incarnation = isWritten ? clock.wallMs() : 1;
      regionalTable.put({ ...key, attributes: { incarnation } }, { kind: "absent" }, (result) => {
        if (result.kind === "written") return done(incarnation);
        const other = result.kind === "unmet" ? result.item?.attributes.incarnation : undefined;
        done(typeof other === "number" ? other : null);
      });
    });
  });
};
