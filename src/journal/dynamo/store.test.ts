// A connector in two regions, over one global table: accepted by functions, numbered by engines, read by their peers.
import { beforeEach, describe, expect, it } from "vitest";
import { MemoryGlobalTable } from "../../aws/dynamo/memory-global-table.ts";
import { MemoryTable } from "../../aws/dynamo/memory-table.ts";
import type { Table } from "../../aws/dynamo/table.ts";
import type { AcceptResult, Clock, IdentityReport, PullReply, PullRequest, Segment } from "../../core/ports.ts";
import { entry, settlement } from "../contract/harness.ts";
import { type Accepted, DynamoAccept } from "./accept.ts";
import type { ReplicaTables } from "./entries.ts";
import { DynamoStore, type DynamoStoreOptions } from "./store.ts";

const regions = ["east", "west"];
/** Whoever waits for a time waits no longer. */
const clock: Clock = {
  wallMs: () => 5_000,
  monotonicMs: () => 5_000,
  after: (_delayMs, run) => {
    queueMicrotask(run);
    return { cancel: () => undefined };
  },
};
const down: Table = {
  put: (_item, _condition, done) => done({ kind: "failed", reason: "silent", detail: "no answer" }),
  update: (_key, _change, _condition, done) => done({ kind: "failed", reason: "silent", detail: "no answer" }),
  remove: (_key, done) => done({ kind: "failed", reason: "silent", detail: "no answer" }),
  get: (_keys, _consistent, done) => done({ kind: "failed", reason: "silent", detail: "no answer" }),
  query: (_query, done) => done({ kind: "failed", reason: "silent", detail: "no answer" }),
  inbox: (_inbox, _limit, done) => done({ kind: "failed", reason: "silent", detail: "no answer" }),
};

let carried: (() => void)[];
let tables: MemoryGlobalTable;
let regional: Map<string, MemoryTable>;
let stale: Set<string>;

beforeEach(() => {
  carried = [];
  stale = new Set();
  tables = new MemoryGlobalTable(
    regions,
    () => 0,
    (_from, _to, run) => void carried.push(run),
  );
  regional = new Map(regions.map((region) => [region, new MemoryTable()]));
});

const arrive = (): void => {
  for (const run of carried.splice(0)) run();
};

const accept = (region: string, identity: string, payload = "{}", replicas: ReplicaTables | null = null) =>
  new Promise<Accepted>((done) => {
    const accepting = new DynamoAccept({ region, regions, clock, table: tables.table(region), replicas });
    accepting.accept(entry(identity, { payload }), done);
  });

const opened = async (region: string, change: Partial<DynamoStoreOptions> = {}): Promise<DynamoStore> => {
  const store = new DynamoStore({
    region,
    regions,
    connector: "orders",
    clock,
    random: Math.random,
    table: tables.table(region),
    regionalTable: regional.get(region) ?? down,
    isStale: (other) => stale.has(other),
    rescueAfterMs: 0,
    ...change,
  });
  expect(await new Promise((done) => store.open(done))).toBe(true);
  store.journal.begin(store.journal.highestIncarnation);
  return store;
};

const sweep = (store: DynamoStore) => new Promise<readonly Segment[] | null>((done) => store.sweep(done));
const pull = (store: DynamoStore, from: string, more: Partial<PullRequest> = {}) =>
  new Promise<PullReply | null>((done) => {
    const vectors = { orders: store.journal.vector("orders") };
    const request = { region: "west", incarnation: 1, vectors, ready: true, reach: {}, waitMs: 0, ...more };
    store.peers.pull(from, request, done);
  });
const namesIn = (segments: readonly Segment[] | null | undefined): readonly string[] =>
  (segments ?? []).flatMap(({ records }) =>
    records.map(({ record }) => (record.kind === "entry" ? record.identity : record.kind)),
  );

describe("what a function accepted", () => {
  it("is told to the engine of its region once, and to its peers", async () => {
    await accept("east", "s 1");
    const [east, west] = [await opened("east"), await opened("west")];
    expect(namesIn(await sweep(east))).toEqual(["s 1"]);
    expect(namesIn(await sweep(east))).toEqual([]);
    expect(namesIn((await pull(west, "east"))?.segments)).toEqual([]);
    arrive();
    expect(namesIn((await pull(west, "east"))?.segments)).toEqual(["s 1"]);
    expect(west.journal.vector("orders")).toEqual({ "east.1": 1 });
  });

  it("is known in every region that has it, numbered or not", async () => {
    expect(await accept("east", "s 1", "first")).toEqual({ kind: "accepted" });
    expect(await accept("east", "s 1", "second")).toEqual({ kind: "known", payload: "first" });
    arrive();
    expect(await accept("west", "s 1", "third")).toEqual({ kind: "known", payload: "first" });
  });

  it("and another region's engine accepts again can be read by all", async () => {
    await accept("east", "s 1", "first");
    arrive();
    const west = await opened("west");
    const again = await new Promise<AcceptResult>((done) =>
      west.journal.accept("orders", entry("s 1", { payload: "second" }), done),
    );
    expect(again).toMatchObject({ kind: "known", payload: "first" });
    await new Promise((done) => west.journal.write("orders", [settlement("s 1", "delivered")], done));
    arrive();
    const east = await opened("east");
    await sweep(east);
    expect(east.journal.ledger("orders")).toMatchObject({ accepted: 1, pending: 0 });
  });

  it("with another content is listed once", async () => {
    const accepting = new DynamoAccept({ region: "east", regions, clock, table: tables.table("east"), replicas: null });
    await accept("east", "s 1");
    await new Promise((done) => accepting.conflict("s 1", "other", done));
    const east = await opened("east");
    await sweep(east);
    await sweep(east);
    expect(east.journal.ledger("orders")).toMatchObject({ accepted: 1, conflicts: 1 });
    expect(tables.replica("east").inbox()).toEqual([]);
  });
});

describe("a replicated connector", () => {
  const through = (...found: readonly Table[]): ReplicaTables => ({ tables: found, whenAlone: "refuse" });

  it("has what it accepted in another region before its own", async () => {
    expect(await accept("east", "s 1", "{}", through(down, tables.table("west")))).toEqual({ kind: "accepted" });
    expect(tables.replica("west").partition("east#e#s 1")).toHaveLength(1);
    expect(namesIn(await sweep(await opened("east")))).toEqual(["s 1"]);
  });

  it("refuses where no other region is reached, and has nothing to dispatch", async () => {
    expect(await accept("east", "s 1", "{}", through(down))).toMatchObject({ kind: "refused", isAlone: true });
    expect(namesIn(await sweep(await opened("east")))).toEqual([]);
  });

  it("goes by what stands in the other region already, which a refused attempt may have left there", async () => {
    const own: ReplicaTables = through(tables.table("west"));
    const broken = new DynamoAccept({
      region: "east",
      regions,
      clock,
      table: { ...down, get: (keys, consistent, done) => tables.table("east").get(keys, consistent, done) },
      replicas: own,
    });
    const first = await new Promise<Accepted>((done) => broken.accept(entry("s 1", { payload: "first" }), done));
    expect(first.kind).toBe("refused");
    expect(await accept("east", "s 1", "second", own)).toEqual({ kind: "known", payload: "first" });
  });
});

describe("a region that is not heard of", () => {
  it("does not answer, and what still comes of it is found by the sweep", async () => {
    const [east, west] = [await opened("east"), await opened("west")];
    await new Promise((done) => east.journal.write("orders", [settlement("s 1", "delivered")], done));
    stale.add("east");
    expect(await pull(west, "east")).toBeNull();
    expect(namesIn(await sweep(west))).toEqual([]);
    arrive();
    expect(namesIn(await sweep(west))).toEqual(["settlement"]);
  });

  it("has left entries without a number, which whoever holds its duty takes as its own, and which then stay its own", async () => {
    await accept("east", "s 1");
    arrive();
    const west = await opened("west");
    expect(await new Promise((done) => west.rescue("east", done))).toBe(1);
    expect(await new Promise((done) => west.rescue("east", done))).toBe(0);
    expect(west.journal.ledger("orders")).toMatchObject({ accepted: 1, pending: 1 });
    arrive();
    const east = await opened("east");
    await sweep(east);
    await pull(east, "west", { region: "east" });
    const report = await new Promise<IdentityReport | null>((done) => east.journal.report("orders", "s 1", done));
    expect(report?.entries.map(({ journal }) => journal)).toEqual(["west.1"]);
    expect(await accept("east", "s 1")).toMatchObject({ kind: "known" });
    expect(tables.replica("east").inbox()).toEqual([]);
  });

  it("numbers itself what another region accepted as well, under the same identity", async () => {
    await accept("east", "s 1", "first");
    await new Promise((done) =>
      new DynamoAccept({ region: "west", regions, clock, table: tables.table("west"), replicas: null }).accept(
        entry("s 1", { payload: "second", acceptedAt: 2 }),
        done,
      ),
    );
    arrive();
    const east = await opened("east");
    await sweep(east);
    expect(east.journal.vector("orders")).toEqual({ "east.1": 1 });
  });

  it("is left a while to number what it accepted last", async () => {
    await accept("east", "s 1");
    arrive();
    let now = 5_000;
    const west = await opened("west", { clock: { ...clock, monotonicMs: () => now }, rescueAfterMs: 1_000 });
    expect(await new Promise((done) => west.rescue("east", done))).toBe(0);
    now = 5_999;
    expect(await new Promise((done) => west.rescue("east", done))).toBe(0);
    now = 6_000;
    expect(await new Promise((done) => west.rescue("east", done))).toBe(1);
  });
});

describe("a lost region's inbox", () => {
  it("is taken over whole, however much waits in it", async () => {
    for (let at = 0; at < 450; at += 1) await accept("east", `s ${at}`);
    arrive();
    const west = await opened("west");
    expect(await new Promise((done) => west.rescue("east", done))).toBe(450);
    expect(west.journal.ledger("orders").accepted).toBe(450);
  });
});

describe("what peers tell of themselves", () => {
  it("is what they hold and whether they are ready", async () => {
    const [east, west] = [await opened("east"), await opened("west")];
    await pull(east, "west", { region: "east", vectors: { orders: { "east.1": 7 } }, ready: true });
    arrive();
    expect(await pull(west, "east")).toMatchObject({
      vectors: { orders: { "east.1": 7 } },
      ready: true,
      incarnation: 1,
    });
  });
});

describe("the incarnation", () => {
  it("is the first of a new store, and goes on in every process", async () => {
    expect((await opened("east")).journal.incarnation).toBe(1);
    expect((await opened("east")).journal.incarnation).toBe(1);
  });

  it("is new where the region has written, and its record is lost", async () => {
    const east = await opened("east");
    await new Promise((done) => east.journal.write("orders", [settlement("s 1", "delivered")], done));
    regional.set("east", new MemoryTable());
    expect((await opened("east")).journal.incarnation).toBe(5_000);
  });
});
