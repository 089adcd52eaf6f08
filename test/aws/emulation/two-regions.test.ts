// A region of two is lost and comes back, on stacks that the real engine deployed. Judged by what giver and taker saw.

import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Emulation, type RegionName, regionNames } from "./emulation.ts";
import type { Subscriber } from "./subscriber.ts";

const secret = `whsec_${Buffer.from("secret of the shop that gives").toString("base64")}`;
let emulation: Emulation;
let subscribers: readonly Subscriber[] = [];

beforeAll(async () => {
  emulation = await Emulation.open({
    name: "regions",
    mode: "active-active",
    environment: "../test/aws/emulation/environment.ts",
    secrets: { shop: secret },
    connectors: ["orders-in"],
    lagMs: 300,
  });
  await emulation.deploy((line) => process.env.SHOW && console.log(line));
  subscribers = await Promise.all(regionNames.map((region) => emulation.subscribe(region, ["order.placed"])));
}, 240_000);
afterAll(async () => {
  for (const subscriber of subscribers) subscriber.stop();
  await emulation?.close();
}, 120_000);

const give = async (region: RegionName, id: string): Promise<number | null> => {
  const body = JSON.stringify({ order: id });
  const at = new Date();
  const headers = {
    "content-type": "application/json",
    "webhook-id": id,
    "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
    "webhook-signature": new Webhook(secret).sign(id, at, body),
  };
  return emulation.call(region, "/orders-in", headers, body);
};
/** Gives until it is accepted, as a partner does. */
const giveUntil = (region: RegionName, id: string): Promise<void> =>
  vi.waitFor(async () => expect(await give(region, id)).toBe(202), { timeout: 60_000, interval: 200 });
const taken = (): readonly string[] => subscribers.flatMap((one) => one.taken.map(({ id }) => id)).sort();
const isTaken = (ids: readonly string[]): Promise<void> =>
  vi.waitFor(() => expect(new Set(taken())).toEqual(new Set(ids)), { timeout: 60_000, interval: 200 });
const all: string[] = [];
const giveAll = async (region: RegionName, ...ids: readonly string[]): Promise<void> => {
  for (const id of ids) await giveUntil(region, id);
  all.push(...ids);
};

test("what each region accepts is on its bus, once", async () => {
  await giveAll("us-east-1", "e1", "e2", "e3");
  await giveAll("us-west-2", "w1", "w2", "w3");
  await isTaken(all);
  expect(taken()).toEqual([...all].sort());
}, 120_000);
