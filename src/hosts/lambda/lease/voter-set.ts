import type { Item, Table } from "../../../aws/dynamo/table.ts";
import type { Done } from "../../../core/ports.ts";

const setKey = { pk: "voters", sk: "set" };

/**
 * Whether voters are asked by the set that they were first asked by: of two sets each could find a majority. A table that does
 * not answer is not counted: nothing is granted by it either.
 *
 * @param tables of the voters
 * @param done the other set that a table names; null: none does
 */
export const otherSet = (tables: readonly Table[], names: readonly string[], done: Done<string | null>): void => {
  const own = [...names].sort().join(" ");
  let left = tables.length;
  let other: string | null = null;
  const told = (item: Item | null): void => {
    const named = item?.attributes.names;
    if (typeof named === "string" && named !== own) other = named;
    left -= 1;
    if (left === 0) done(other);
  };
  for (const table of tables) {
    table.get([setKey], true, (got) => {
      const item = got.kind === "got" ? (got.items[0] ?? null) : null;
      if (got.kind === "failed" || item !== null) return told(item);
      table.put({ ...setKey, attributes: { names: own } }, { kind: "absent" }, (written) =>
        told(written.kind === "unmet" ? written.item : null),
      );
    });
  }
};
