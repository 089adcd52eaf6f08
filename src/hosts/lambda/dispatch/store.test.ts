import { expect, it } from "vitest";
import { MemoryTable } from "../../../aws/dynamo/memory-table.ts";
import { entry } from "../../../journal/contract/harness.ts";
import { DynamoAccept } from "../../../journal/dynamo/accept.ts";
import { beatKey } from "../../../journal/dynamo/heartbeats.ts";
import { nodeClock as clock } from "../../shared/clock.ts";
import { EngineStore } from "./store.ts";

const regions = ["east", "west"];

/** Counts whose inboxes are asked for. */
class Watched extends MemoryTable {
  readonly asked: string[] = [];

  override inbox(...[inbox, limit, done]: Parameters<MemoryTable["inbox"]>): void {
    this.asked.push(inbox);
    super.inbox(inbox, limit, done);
  }
}

const opened = async (beats: readonly string[], staleMs = 30_000) => {
  const [table, gatewayTable] = [new Watched(), new MemoryTable()];
  for (const region of beats) {
    gatewayTable.put({ ...beatKey(region), attributes: { n: 1, at: Date.now() } }, null, () => undefined);
  }
  const place = { clock, random: Math.random, region: "east", regions, connector: "orders", table, gatewayTable };
  const store = new EngineStore({ ...place, regionalTable: new MemoryTable(), replicas: null, staleMs, tells: true });
  await new Promise((done) => store.open(done));
  store.journal.begin(1);
  const accept = (region: string) =>
    new DynamoAccept({ region, regions, clock, table, replicas: null }).accept(entry(`s ${region}`), () => undefined);
  return { table, store, accept };
};

it("numbers what its own region accepted, and takes over nothing of it: it is not lost", async () => {
  const { table, store, accept } = await opened(["west"]);
  accept("east");
  await new Promise((done) => store.sweep(regions, done));
  expect(store.journal.vector("orders")).toEqual({ "east.1": 1 });
  expect(table.asked).toEqual(["east"]);
});

it("takes over what a region accepted that is not heard of", async () => {
  const { store, accept } = await opened([], 0);
  accept("west");
  await new Promise((done) => store.sweep(regions, done));
  expect(store.journal.vector("orders")).toEqual({ "east.1": 1 });
});
