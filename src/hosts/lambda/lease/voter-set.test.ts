import { expect, test } from "vitest";
import { MemoryStore, MemoryTable } from "../../../aws/dynamo/memory-table.ts";
import type { Table } from "../../../aws/dynamo/table.ts";
import { otherSet } from "./voter-set.ts";

const stores = {
  east: new MemoryStore(),
  west: new MemoryStore(),
  north: new MemoryStore(),
  witness: new MemoryStore(),
};
const tableOf = (name: keyof typeof stores): Table => new MemoryTable(stores[name]);
const asked = (names: readonly (keyof typeof stores)[], tables = names.map(tableOf)) =>
  new Promise<string | null>((done) => otherSet(tables, names, done));

test("voters are asked by one set only, in whatever order it is named", async () => {
  expect(await asked(["east", "west", "witness"])).toBeNull();
  expect(await asked(["witness", "west", "east"])).toBeNull();
  expect(await asked(["east", "west", "north"])).toBe("east west witness");
  // A region that is new finds it at the voters, although its own table names its own set by now.
  expect(stores.north.partition("voters")[0]?.attributes).toEqual({ names: "east north west" });
});

test("a voter that does not answer holds nobody up", async () => {
  const silent: Table = tableOf("witness");
  silent.get = (_keys, _consistent, done) => done({ kind: "failed", reason: "silent", detail: "no answer" });
  expect(await asked(["east", "west", "witness"], [tableOf("east"), tableOf("west"), silent])).toBeNull();
});
