// What is left in the table of a connector that has been at work for long, and how much of it an engine reads.
import { beforeEach, expect, it } from "vitest";
import { MemoryGlobalTable } from "../../aws/dynamo/memory-global-table.ts";
import { MemoryTable } from "../../aws/dynamo/memory-table.ts";
import type { Clock, Journal, OpenEntry } from "../../core/ports.ts";
import type { JournalRecord } from "../../core/records.ts";
import { entry, settlement } from "../contract/harness.ts";
import { type Accepted, DynamoAccept } from "./accept.ts";
import { DynamoStore } from "./store.ts";

const regions = ["east", "west"];
const clock: Clock = {
  wallMs: () => 5_000,
  monotonicMs: () => 5_000,
  after: () => ({ cancel: () => undefined }),
};
let carried: (() => void)[];
let tables: MemoryGlobalTable;
const regional = new Map<string, MemoryTable>();

beforeEach(() => {
  carried = [];
  for (const region of regions) regional.set(region, new MemoryTable());
  tables = new MemoryGlobalTable(
    regions,
    () => 0,
    (_from, _to, run) => void carried.push(run),
  );
});

const arrive = (): void => {
  for (const run of carried.splice(0)) run();
};
/** Items that begin so, in a region. */
const itemsOf = (region: string, partition: string) => tables.replica(region).partition(partition);
const pagesOf = (region: string) => itemsOf(region, "east.1#p");

const accept = (region: string, identity: string): Promise<Accepted> =>
  new Promise((done) =>
    new DynamoAccept({ region, regions, clock, table: tables.table(region), replicas: null }).accept(
      entry(identity, { payload: `"${identity}"` }),
      done,
    ),
  );

const opened = async (region: string): Promise<DynamoStore> => {
  const at = { region, regions, connector: "orders", clock, random: Math.random, isStale: () => false };
  const regionalTable = regional.get(region) ?? new MemoryTable();
  const store = new DynamoStore({ ...at, table: tables.table(region), regionalTable, checkpointPages: 4 });
  expect(await new Promise((done) => store.open(done))).toBe(true);
  store.journal.begin(1);
  return store;
};
const write = (store: DynamoStore, ...records: readonly JournalRecord[]) =>
  new Promise((done) => store.journal.write("orders", records, done));
const checkpoint = (store: DynamoStore) => new Promise<void>((done) => store.checkpoint(done));
const openIn = (journal: Journal) =>
  new Promise<readonly OpenEntry[]>((done) =>
    journal.open("orders", { journals: ["east.1"], above: {}, limit: 100 }, done),
  );
const facts = async (store: DynamoStore) => {
  const { journal } = store;
  const { oldestPendingAt: _, ...ledger } = journal.ledger("orders");
  const open = (await openIn(journal)).map(({ identity, payload }) => [identity, payload]);
  return { ledger, open, vector: journal.vector("orders"), pruned: journal.pruned("orders") };
};

/** Ten entries, each in a page of its own, of which eight are settled. */
const worked = async (): Promise<DynamoStore> => {
  const store = await opened("east");
  for (let at = 1; at <= 10; at += 1) {
    await accept("east", `s ${at}`);
    await new Promise((done) => store.sweep(done));
    if (at <= 8) await write(store, settlement(`s ${at}`, "delivered", { time: at }));
  }
  return store;
};

it("an engine that opens after a checkpoint knows what its predecessor knew, and reads no page that the checkpoint covers", async () => {
  const before = await worked();
  await checkpoint(before);
  await write(before, settlement("s 9", "faulted", { time: 9 }));
  const [last] = pagesOf("east").slice(-1);
  for (const page of pagesOf("east")) if (page !== last) tables.replica("east").set(page, null);
  const after = await opened("east");
  expect(await facts(after)).toEqual(await facts(before));
  expect(await facts(after)).toMatchObject({ open: [["s 10", '"s 10"']], ledger: { accepted: 10, pending: 1 } });
});

it("what is pruned leaves the table: its pages at once, its entries by expiring", async () => {
  const store = await worked();
  await write(store, { kind: "pruned", journal: "east.1", position: 8 });
  await checkpoint(store);
  await write(store, ...[5, 6, 7, 8].map((at) => settlement(`s ${at}`, "delivered", { round: 1 })));
  const expiring = itemsOf("east", "east#e#s 2").map(({ attributes }) => attributes.ttl);
  expect(expiring).toEqual([3_605]);
  expect(itemsOf("east", "east#e#s 9").map(({ attributes }) => attributes.ttl)).toEqual([undefined]);
  expect(pagesOf("east").map(({ attributes }) => Number(attributes.to))).toSatisfy((ends: number[]) =>
    ends.every((end) => end > 8),
  );
  expect(await facts(await opened("east"))).toEqual(await facts(store));
});

it("an identity that is forgotten may be given again, though its item is not gone yet", async () => {
  const store = await worked();
  await write(store, { kind: "pruned", journal: "east.1", position: 8 });
  expect(await accept("east", "s 1")).toEqual({ kind: "accepted" });
  expect(await accept("east", "s 9")).toMatchObject({ kind: "known" });
  await new Promise((done) => store.sweep(done));
  expect((await openIn(store.journal)).map(({ identity }) => identity)).toEqual(["s 9", "s 10", "s 1"]);
});

it("what a process did not let expire expires with a later checkpoint", async () => {
  const store = await worked();
  await write(store, { kind: "pruned", journal: "east.1", position: 8 });
  for (const identity of ["s 1", "s 2"]) {
    const [item] = itemsOf("east", `east#e#${identity}`);
    if (item === undefined) throw new Error("no such item");
    const { ttl: _, ...attributes } = item.attributes;
    tables.replica("east").set(item, { ...item, attributes });
  }
  await checkpoint(await opened("east"));
  expect(itemsOf("east", "east#e#s 1")[0]?.attributes.ttl).toBeDefined();
});

it("a region that reads for the first time goes by the checkpoint, and not before all of it has arrived", async () => {
  const east = await worked();
  await write(east, { kind: "pruned", journal: "east.1", position: 8 });
  await checkpoint(east);
  const late = carried.pop();
  const parts = carried.length;
  arrive();
  late?.();
  const west = await opened("west");
  expect(parts).toBeGreaterThan(0);
  expect((await facts(west)).vector).toEqual((await facts(east)).vector);
  expect((await facts(west)).open).toEqual((await facts(east)).open);
});

it("a checkpoint is put together anew when most of it is forgotten", async () => {
  const store = await worked();
  await checkpoint(store);
  await write(store, { kind: "pruned", journal: "east.1", position: 18 });
  for (let at = 11; at <= 20; at += 1) await write(store, settlement(`s ${at - 2}`, "delivered", { round: at }));
  await checkpoint(store);
  expect(itemsOf("east", "east.1#c")).toHaveLength(1);
  expect(await facts(await opened("east"))).toEqual(await facts(store));
});
