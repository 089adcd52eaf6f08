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
  const overdue = Date.now() + 2 * lagMs;
  await vi.waitFor(() => expect(Date.now()).toBeGreaterThan(overdue), patience);
  expect(await valuesIn(west, "us-east-1#a")).toEqual([null]);
  expect(await valuesIn(east, "us-west-2#a")).toEqual([null]);
  replicator.heal();
  await stands(west, "us-east-1#a", "of east");
  await stands(east, "us-west-2#a", "of west");
});

test("of two writes of an item the last one wins in both regions", async () => {
  replicator.cut("us-west-2");
  await put(west, "shared#a", "first");
  // Records of a stream tell their time to the second.
  const second = Math.floor(Date.now() / 1_000);
  await vi.waitFor(() => expect(Math.floor(Date.now() / 1_000)).toBeGreaterThan(second), patience);
  await put(east, "shared#a", "last");
  replicator.heal();
  await stands(west, "shared#a", "last");
  await stands(east, "shared#a", "last");
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

test("a region that lost its tables is filled from the other one, and goes on from there", async () => {
  await put(east, "us-east-1#a", "one");
  await put(west, "us-west-2#a", "two");
  await stands(west, "us-east-1#a", "one");
  replicator.stop();
  const { port } = east;
  await east.kill();
  east = await startMinistack({ region: "us-east-1", port });
  await makeTable(east, name);
  replicator = replicate();
  await replicator.backfill("us-east-1", "us-west-2");
  await stands(east, "us-east-1#a", "one");
  await stands(east, "us-west-2#a", "two");
  await put(east, "us-east-1#a", "three");
  await stands(west, "us-east-1#a", "three");
});
