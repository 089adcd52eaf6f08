// Partners that are read, by functions as they are deployed. Judged at the bus, and by what the partner saw.
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Market } from "../../../src/hosts/node/test-support/market.ts";
import { openPlace, type Place } from "./place.ts";
import { invoke, upload } from "./uploaded.ts";

const definition = join(
  resolve(import.meta.dirname, "../../.."),
  "src/hosts/node/test-support/definitions/orders-poll.ts",
);
const market = new Market();
let place: Place;

beforeAll(async () => {
  await market.open();
  place = await openPlace();
  const settings = { market: `http://${market.address}` };
  const config = { settings, loopback: [market.address], secrets: [] };
  // Of which an engine that polls runs for two seconds.
  await upload(place, "orders", { definition, role: "poll", driver: "http", config, timeoutS: 9 });
  await place.giveDuty();
}, 120_000);
afterAll(async () => {
  await place?.aws.kill();
  market.close();
});

const orders = async (atLeast: number) =>
  (await place.published(atLeast)).map(({ data }) => Reflect.get(Object(data), "order")).sort();

test("what a partner has is published once, and the next engine goes on where the last one ended", async () => {
  market.place("o-1", "o-2", "o-3", "o-4");
  await invoke(place, "orders-dispatch");
  expect(await orders(4)).toEqual(["o-1", "o-2", "o-3", "o-4"]);
  const before = market.reads.length;
  market.place("o-5");
  await invoke(place, "orders-dispatch");
  expect(await orders(1)).toEqual(["o-5"]);
  expect(await orders(0)).toEqual([]);
  expect(market.reads[before]?.after).toBe(4);
}, 60_000);
