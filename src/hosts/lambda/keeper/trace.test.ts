import { beforeEach, describe, expect, test } from "vitest";
import { MemoryStore, MemoryTable } from "../../../aws/dynamo/memory-table.ts";
import type { Table } from "../../../aws/dynamo/table.ts";
import { nodeClock } from "../../shared/clock.ts";
import { dutyItem } from "../lease/duty-row.ts";
import { RegionHealth, tellHealth } from "../runtime/health.ts";
import { trace } from "./trace.ts";

const region = "east";
const clock = nodeClock;
const lease = { ttlMs: 30_000, marginMs: 2_000, requestTimeoutMs: 10_000 };
let store: MemoryStore;
/** Keys that stand in the table. */
let stands: Set<string>;
beforeEach(() => {
  stands = new Set();
  store = new MemoryStore(({ pk, sk }, item) => {
    if (item === null) stands.delete(`${pk} ${sk}`);
    else stands.add(`${pk} ${sk}`);
  });
});

/** The keeper says that the region has its own duty. */
const hold = (): void => {
  const until = clock.wallMs() + 60_000;
  const row = { duty: region, epoch: 1, since: 1, lastEpoch: 0, until, handback: null, recalled: false, lent: [] };
  const item = dutyItem(row);
  store.set(item, item);
};
/** A table as the region's, which has no index. */
const regional = (): Table => {
  const table = new MemoryTable(store);
  table.inbox = () => {
    throw new Error("there is no index");
  };
  return table;
};
const traced = (table: Table, id = "t1") =>
  trace(
    { environment: "test", region, mode: "active-active", lease, regionalTable: table, clock, random: Math.random },
    id,
  );
const healthOf = (regionalTable: Table) => new RegionHealth({ region, regionalTable, clock });
const tell = (table: Table, told: Parameters<typeof tellHealth>[1]) =>
  new Promise<void>((done) => tellHealth(table, told, done));

test("a trace goes the whole way where the region acts, again and again, and leaves nothing behind", async () => {
  hold();
  const before = [...stands];
  for (const id of ["t1", "t2"]) {
    const told = await traced(regional(), id);
    expect(told).toMatchObject({ accept: { well: true }, act: { well: true, detail: "a trace got through" } });
  }
  expect([...stands]).toEqual(before);
});

test("a region that holds no lease takes a trace and hands none on", async () => {
  expect(await traced(regional())).toMatchObject({ accept: { well: true }, act: null });
});

test("a table that takes no writes is told of, although it is read", async () => {
  hold();
  const table: Table = regional();
  table.put = (_item, _condition, done) => done({ kind: "failed", reason: "refused", detail: "access denied" });
  expect(await traced(table)).toMatchObject({ accept: { well: false } });
}, 30_000);

describe("whoever asks how the region is", () => {
  const well = { well: true, detail: "well" };
  const bad = { well: false, detail: "a trace did not get through" };

  test("is told what the last trace found", async () => {
    hold();
    const table = regional();
    await tell(table, { accept: bad, act: bad, at: clock.wallMs() });
    expect(await healthOf(table).accept(true)).toEqual(bad);
    expect(await healthOf(table).act()).toEqual(bad);
    await tell(table, { accept: well, act: well, at: clock.wallMs() });
    expect([await healthOf(table).accept(true), await healthOf(table).act()]).toEqual([well, well]);
  });

  test("is told that it does not act, whatever an earlier trace found", async () => {
    const table = regional();
    await tell(table, { accept: well, act: well, at: clock.wallMs() });
    expect(await healthOf(table).act()).toMatchObject({ well: false, detail: "this region does not act" });
    expect(await healthOf(table).accept(true)).toEqual(well);
  });

  test("is told what the store says now, where the keeper is gone", async () => {
    const table = regional();
    await tell(table, { accept: bad, act: bad, at: clock.wallMs() - 3_600_000 });
    expect(await healthOf(table).accept(true)).toMatchObject({ well: true });
    expect(await healthOf(table).accept(false)).toMatchObject({ well: false });
  });
});
