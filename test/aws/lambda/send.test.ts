// Events of the hub on their way to a partner, by functions as they are deployed. Judged at the partner's site.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type SiteDouble, startSite } from "../../../src/drivers/http/site/site-double.ts";
import { fromQueue, onStream } from "../ministack/functions.ts";
import { bodyOf, publish, received, type Subscribed, subscribe } from "./hub.ts";
import { openPlace, type Place } from "./place.ts";
import { upload } from "./uploaded.ts";

const definition = join(import.meta.dirname, "definitions/shipments.ts");
const patience = { timeout: 30_000 };
let place: Place;
let site: SiteDouble;
let hub: Subscribed;

beforeAll(async () => {
  [place, site] = await Promise.all([openPlace(), startSite()]);
  const config = { settings: { warehouse: site.url }, loopback: [site.endpoint] };
  await upload(place, "orders", { definition, role: "send", driver: "http", config });
  hub = await subscribe(place, "orders");
  await fromQueue(place.aws, "orders", "orders-accept");
  await onStream(place.aws, "connector", "orders-dispatch");
  await place.giveDuty();
}, 120_000);
afterAll(async () => {
  await place?.aws.kill();
  await site?.close();
});

const taken = (): readonly string[] => site.calls.map(({ headers }) => String(headers["webhook-id"])).sort();
const ids = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, at) => `m${from + at}`);

test("what is published reaches the partner once", async () => {
  await publish(place, ids(10, 40));
  await expect.poll(taken, patience).toEqual(ids(10, 40));
}, 60_000);

test("what is no event ends in the dead-letter queue, and holds nothing beside it up", async () => {
  const before = taken().length;
  const bodies = [...ids(40, 49).map((id) => bodyOf(id)), "no event"];
  const Entries = bodies.map((MessageBody, at) => ({ Id: `${at}`, MessageBody }));
  await place.call("sqs", "1.0", "AmazonSQS.SendMessageBatch", { QueueUrl: hub.queue, Entries });
  await expect.poll(() => taken().slice(before), patience).toEqual(ids(40, 49));
  await expect
    .poll(async () => (await received(place, hub.deadLetters)).map(({ Body }) => Body), patience)
    .toEqual(["no event"]);
  expect(await received(place, hub.queue)).toEqual([]);
}, 60_000);
