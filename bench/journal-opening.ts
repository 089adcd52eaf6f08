import { MemoryTable } from "../src/aws/dynamo/memory-table.ts";
import type { Item, Table } from "../src/aws/dynamo/table.ts";
import type { Clock } from "../src/core/ports.ts";
import type { EntryRecord, SettlementRecord } from "../src/core/records.ts";
import { DynamoAccept } from "../src/journal/dynamo/accept.ts";
import { DynamoStore } from "../src/journal/dynamo/store.ts";
import type { Bench } from "./bench.ts";

const region = "us-east-1";
const regions = [region, "us-west-2"];
const connector = "orders";
/** Entries that are numbered together, and settled together. */
const together = 10;
const payload = JSON.stringify({ order: "x".repeat(1_000) });

const clock: Clock = {
  wallMs: () => 1_000,
  monotonicMs: () => 1_000,
  after: () => ({ cancel: () => undefined }),
};

/** What a table costs who asks it, and that an answer is nobody else's memory. */
class Asked {
  requests = 0;
  bytes = 0;

  of(table: Table): Table {
    const copied = (item: Item | null): Item | null => {
      const text = JSON.stringify(item);
      this.bytes += text.length;
      return JSON.parse(text) as Item | null;
    };
    return {
      put: (...asked) => table.put(...asked),
      update: (...asked) => table.update(...asked),
      remove: (...asked) => table.remove(...asked),
      inbox: (...asked) => table.inbox(...asked),
      get: (keys, consistent, done) => {
        this.requests += Math.ceil(keys.length / 100);
        table.get(keys, consistent, (got) => {
          const answer = got.kind === "got" ? { ...got, items: got.items.map(copied) } : got;
          queueMicrotask(() => done(answer));
        });
      },
      query: (query, done) => {
        this.requests += 1;
        table.query(query, (read) => {
          const answer =
            read.kind === "read" ? { ...read, items: read.items.flatMap((item) => copied(item) ?? []) } : read;
          queueMicrotask(() => done(answer));
        });
      },
    };
  }
}

const entryOf = (at: number): EntryRecord => ({
  kind: "entry",
  identity: `/shop/orders ${at}`,
  key: `customer-${at % 1_000}`,
  sequence: null,
  payload,
  acceptedAt: at,
  after: {},
});

const settlementOf = (at: number): SettlementRecord => ({
  kind: "settlement",
  identity: entryOf(at).identity,
  round: 0,
  outcome: "delivered",
  site: "main",
  home: "main",
  siteSeq: 0,
  time: at,
  reason: null,
  person: null,
});

const storeOver = async (table: Table, regionalTable: Table): Promise<DynamoStore> => {
  const at = { region, regions, connector, clock, table, regionalTable };
  const store = new DynamoStore({ ...at, random: Math.random, isStale: () => false });
  await new Promise((done) => store.open(done));
  store.journal.begin(1);
  return store;
};

const fill = async (table: Table, regionalTable: Table, entries: number): Promise<void> => {
  const accept = new DynamoAccept({ region, regions, clock, table, replicas: null });
  const store = await storeOver(table, regionalTable);
  for (let first = 0; first < entries; first += together) {
    const numbers = Array.from({ length: together }, (_, at) => first + at);
    for (const at of numbers) accept.accept(entryOf(at), () => undefined);
    store.sweep(() => undefined);
    store.journal.write(connector, numbers.map(settlementOf), () => undefined);
  }
  // As its engine does in the end.
  store.checkpoint(() => undefined);
};

/** An engine that starts where much was settled, and not yet forgotten. */
export const journalOpening: Bench = {
  name: "journal-opening",
  about: "start of an engine on a DynamoDB table with 10^5 settled entries of 1 KB, without the time on the network",
  async run({ say }) {
    const entries = 100_000;
    const [table, regionalTable] = [new MemoryTable(), new MemoryTable()];
    say(`writing and settling ${entries} entries`);
    await fill(table, regionalTable, entries);
    globalThis.gc?.();
    const before = process.memoryUsage().heapUsed;
    const asked = new Asked();
    const startedAt = process.cpuUsage();
    const store = await storeOver(asked.of(table), regionalTable);
    const { user, system } = process.cpuUsage(startedAt);
    globalThis.gc?.();
    const heldMb = (process.memoryUsage().heapUsed - before) / 1_000_000;
    const { accepted } = store.journal.ledger(connector);
    return [
      { what: "settled entries that are known", value: accepted, unit: "" },
      { what: "opening, time of the processor", value: (user + system) / 1_000, unit: "ms" },
      { what: "requests to the table", value: asked.requests, unit: "" },
      { what: "read of the table", value: asked.bytes / 1_000_000, unit: "MB" },
      { what: "memory that is held", value: heldMb, unit: "MB" },
    ];
  },
};
