// A store of one who only reads: the admin function, a reader of a feed. Beside it an engine may write.
import { expect, it } from "vitest";
import { MemoryTable } from "../../../aws/dynamo/memory-table.ts";
import { entry } from "../../../journal/contract/harness.ts";
import { DynamoAccept } from "../../../journal/dynamo/accept.ts";
import { beatKey } from "../../../journal/dynamo/heartbeats.ts";
import { statusKey } from "../../../journal/dynamo/status.ts";
import { nodeClock as clock } from "../../shared/clock.ts";
import { EngineStore } from "./store.ts";

const regions = ["east", "west"];
const [table, gatewayTable, regionalTable] = [new MemoryTable(), new MemoryTable(), new MemoryTable()];
const open = async (tells: boolean): Promise<EngineStore> => {
  gatewayTable.put({ ...beatKey("west"), attributes: { n: 1, at: Date.now() } }, null, () => undefined);
  const tables = { table, gatewayTable, regionalTable, replicas: null };
  const place = { clock, random: Math.random, region: "east", regions, connector: "orders", ...tables };
  const store = new EngineStore({ ...place, staleMs: 30_000, tells });
  await new Promise((done) => store.open(done));
  return store;
};
const swept = (store: EngineStore) => new Promise((done) => store.sweep([], done));

it("gives what waits the number that an engine gives it, in the same journal", async () => {
  const [reader, engine] = [await open(false), await open(true)];
  engine.journal.begin(engine.journal.highestIncarnation);
  const accepting = new DynamoAccept({ region: "east", regions, clock, table, replicas: null });
  accepting.accept(entry("s 1"), () => undefined);
  await Promise.all([swept(reader), swept(engine)]);
  await Promise.all([swept(reader), swept(engine)]);
  expect(engine.journal.vector("orders")).toEqual({ "east.1": 1 });
  expect(reader.journal.vector("orders")).toEqual({ "east.1": 1 });
});

it("tells other regions nothing of this one", async () => {
  const reader = await open(false);
  const request = { region: "east", incarnation: 1, vectors: {}, ready: false, reach: {}, waitMs: 0 };
  await new Promise((done) => reader.peers.pull("west", request, done));
  const told = await new Promise((done) => table.get([statusKey("east")], true, done));
  expect(told).toEqual({ kind: "got", items: [null] });
});
