import { expect, it } from "vitest";
import { MemoryTable } from "../../../aws/dynamo/memory-table.ts";
import type { Item } from "../../../aws/dynamo/table.ts";
import type { AcceptAnswer } from "../../../core/acceptor.ts";
import { resolveDefinition } from "../../../define/resolve.ts";
import { DynamoAccept } from "../../../journal/dynamo/accept.ts";
import { entryItem } from "../../../journal/dynamo/items.ts";
import definition from "../../node/test-support/definitions/orders-in.ts";
import { nodeClock as clock } from "../../shared/clock.ts";
import { StoreAccepting } from "./store-accepting.ts";

const region = "east";
const regions = [region, "west"];
const payload = JSON.stringify({ body: '{"order":"o"}' });
const input = { identity: "shop 1", key: null, sequence: null, payload };
const lease = { ttlMs: 8_000, marginMs: 1_000, requestTimeoutMs: 2_000 };

/** What is answered at capacity, where these items stand. */
const answered = (items: readonly Item[]): Promise<AcceptAnswer> => {
  const { spec, functions } = resolveDefinition("orders", definition, { settings: {}, lease });
  const table = new MemoryTable();
  for (const item of items) table.put(item, null, () => undefined);
  const accept = new DynamoAccept({ region, regions, clock, table, replicas: null });
  const drain = { pendingBytes: spec.hold.capacityBytes };
  const accepting = new StoreAccepting({ spec, functions, region, regions, clock, table, accept, drain });
  return new Promise((done) => accepting.accept(input, done));
};
const entry = { kind: "entry", ...input, acceptedAt: 1, after: {} } as const;

it("at capacity a repeat is answered as its first was, in whichever region that came", async () => {
  for (const first of regions) {
    expect(await answered([entryItem(first, entry)])).toEqual({ kind: "repeated", conflict: false });
  }
});

it("at capacity what was written in part, and nobody was told of, is refused like anything new", async () => {
  expect(await answered([entryItem(region, entry, false)])).toMatchObject({ kind: "refused", reason: "capacity" });
});
