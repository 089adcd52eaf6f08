import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DynamoTable } from "../../../src/aws/dynamo/dynamo-table.ts";
import type { Item, Written } from "../../../src/aws/dynamo/table.ts";
import { clientFor } from "../ministack/functions.ts";
import { type Ministack, startMinistack } from "../ministack/ministack.ts";
import { makeTable } from "../ministack/tables.ts";
import { Replicator } from "./replicator.ts";

const name = "connector";
const lagMs = 400;
const patience = { timeout: 20_000, interval: 50 };
let east: Ministack;
let west: Ministack;
let replicator: Replicator;

beforeEach(async () => {
  [east, west] = await Promise.all([startMinistack({ region: "us-east-1" }), startMinistack({ region: "us-west-2" })]);
  await Promise.all([makeTable(east, name), makeTable(west, name)]);
  replicator = replicate();
});
afterEach(async () => {
  replicator.stop();
  await Promise.all([east.kill(), west.kill()]);
});

function replicate(): Replicator {
  const regions = { "us-east-1": east.url, "us-west-2": west.url };
  const made = new Replicator({ regions, tables: [name], lagMs });
  made.run();
  return made;
}

const tableIn = (place: Ministack): DynamoTable =>
  new DynamoTable({ client: clientFor(place), region: place.region, name });

const put = async (place: Ministack, pk: string, value: string): Promise<void> => {
  const item = { pk, sk: "e", attributes: { value } };
  const written = await new Promise<Written>((done) => tableIn(place).put(item, null, done));
  expect(written.kind).toBe("written");
};
const remove = (place: Ministack, pk: string): Promise<Written> =>
  new Promise((done) => tableIn(place).remove({ pk, sk: "e" }, done));
const valuesIn = async (place: Ministack, ...pks: readonly string[]): Promise<readonly unknown[]> => {
  const keys = pks.map((pk) => ({ pk, sk: "e" }));
  const items = await new Promise<readonly (Item | null)[]>((done) =>
    tableIn(place).get(keys, true, (got) => done(got.kind === "got" ? got.items : [])),
  );
  return items.map((item) => item?.attributes.value ?? null);
};
const stands = (place: Ministack, pk: string, value: string | null): Promise<void> =>
  vi.waitFor(async () => expect(await valuesIn(place, pk)).toEqual([value]), patience);

/** What would have arrived by then never does. */
const pass = (ms: number): Promise<void> => {
  const over = Date.now() + ms;
  return vi.waitFor(() => expect(Date.now()).toBeGreaterThan(over), patience);
};

test("what one region writes, changes and removes does so in the other", async () => {
  await put(east, "us-east-1#a", "one");
  await stands(west, "us-east-1#a", "one");
  await put(east, "us-east-1#a", "two");
  await stands(west, "us-east-1#a", "two");
  await remove(east, "us-east-1#a");
  await stands(west, "us-east-1#a", null);
});

test("what is written while a region is cut off arrives when it is healed, both ways", async () => {
  replicator.cut("us-west-2");
  await put(east, "us-east-1#a", "of east");
  await put(west, "us-west-2#a", "of west");
  await pass(2 * lagMs);
  expect(await valuesIn(west, "us-east-1#a")).toEqual([null]);
  expect(await valuesIn(east, "us-west-2#a")).toEqual([null]);
  replicator.heal();
  await stands(west, "us-east-1#a", "of east");
  await stands(east, "us-west-2#a", "of west");
});

test("of two writes of an item the last one wins in both regions, whichever arrives first", async () => {
  replicator.cut("us-west-2");
  await put(west, "shared#a", "first");
  await put(east, "shared#a", "last");
  await put(east, "shared#b", "first");
  await put(west, "shared#b", "last");
  replicator.heal();
  await stands(west, "shared#a", "last");
  await stands(east, "shared#b", "last");
  await stands(east, "shared#a", "last");
  await stands(west, "shared#b", "last");
});

test("an item that was removed last stays removed", async () => {
  await put(east, "shared#a", "first");
  await stands(west, "shared#a", "first");
  replicator.cut("us-west-2");
  await put(east, "shared#a", "second");
  await remove(west, "shared#a");
  replicator.heal();
  await stands(east, "shared#a", null);
  await stands(west, "shared#a", null);
});

test("what was replicated is not sent back over what was written since", async () => {
  const pks = Array.from({ length: 20 }, (_, at) => `us-east-1#${at}`);
  for (const pk of pks) await put(east, pk, "one");
  for (const pk of pks) await put(east, pk, "two");
  await vi.waitFor(async () => expect(new Set(await valuesIn(west, ...pks))).toEqual(new Set(["two"])), patience);
  await pass(3 * lagMs);
  expect(new Set(await valuesIn(east, ...pks))).toEqual(new Set(["two"]));
  expect(new Set(await valuesIn(west, ...pks))).toEqual(new Set(["two"]));
});

test("items arrive in another order than they were written in", async () => {
  const pks = Array.from({ length: 30 }, (_, at) => `us-east-1#${at}`);
  for (const pk of pks) await put(east, pk, "here");
  let holes = false;
  await vi.waitFor(
    async () => {
      const there = (await valuesIn(west, ...pks)).map((value) => value !== null);
      holes ||= there.lastIndexOf(true) > there.indexOf(false) && there.includes(false);
      expect(there).not.toContain(false);
    },
    { ...patience, interval: 10 },
  );
  expect(holes).toBe(true);
});

test("all that was written in a long cut arrives, and of what was written again the last", async () => {
  const pks = Array.from({ length: 200 }, (_, at) => `us-east-1#${at}`);
  replicator.cut("us-west-2");
  for (const value of ["one", "two"]) await Promise.all(pks.map((pk) => put(east, pk, value)));
  replicator.heal();
  await vi.waitFor(async () => expect(new Set(await valuesIn(west, ...pks))).toEqual(new Set(["two"])), patience);
});

test("a region that was frozen is told what it missed, and tells what it wrote before", async () => {
  await put(west, "us-west-2#a", "before");
  west.signal("SIGSTOP");
  await put(east, "us-east-1#a", "meanwhile");
  // Longer than anything waits for an answer.
  await pass(4_000);
  west.signal("SIGCONT");
  await stands(west, "us-east-1#a", "meanwhile");
  await stands(east, "us-west-2#a", "before");
  await put(west, "us-west-2#a", "after");
  await stands(east, "us-west-2#a", "after");
});

test("a region that lost its tables is filled from the other one, and goes on from there", async () => {
  await put(east, "us-east-1#a", "one");
  await put(west, "us-west-2#a", "two");
  await stands(west, "us-east-1#a", "one");
  await stands(east, "us-west-2#a", "two");
  replicator.cut("us-east-1");
  await put(east, "us-east-1#b", "lost with it");
  const { port } = east;
  await east.kill();
  replicator.forget("us-east-1");
  await put(west, "us-west-2#a", "three");
  east = await startMinistack({ region: "us-east-1", port });
  await makeTable(east, name);
  await replicator.backfill("us-east-1", "us-west-2");
  replicator.heal();
  expect(await valuesIn(east, "us-east-1#a", "us-west-2#a")).toEqual(["one", "three"]);
  await put(east, "us-east-1#a", "four");
  await stands(west, "us-east-1#a", "four");
  await put(west, "us-west-2#a", "five");
  await stands(east, "us-west-2#a", "five");
  expect(await valuesIn(west, "us-east-1#b")).toEqual([null]);
});
