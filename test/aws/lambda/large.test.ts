// Messages that are larger than an item of a table may be. Judged at the buckets, and at the bus.

import { afterAll, beforeAll, expect, test } from "vitest";
import * as z from "zod";
import { defineConnector, http, secret } from "../../../src/define/index.ts";
import { receive } from "../../../src/drivers/http/driver.ts";
import { httpAccept } from "../../../src/hosts/lambda/accept/http-accept.ts";
import { dispatchToHub } from "../../../src/hosts/lambda/dispatch/to-hub.ts";
import orders from "../../../src/hosts/node/test-support/definitions/orders-in.ts";
import { clientFor } from "../ministack/functions.ts";
import { makeTable } from "../ministack/tables.ts";
import { httpCall, invocation, openPlace, type Place, region } from "./place.ts";

const peer = "us-west-2";
const via = (limit: "1MB") =>
  http.receive({ id: "header:webhook-id", verify: { scheme: "standard-webhooks", key: secret("shop") }, limit });
const definitionOf = (durability: "regional" | "replicated") =>
  defineConnector({
    partner: orders.partner,
    via: via("1MB"),
    durability,
    message: z.object({ order: z.string(), picture: z.string() }),
    events: { "order.placed": z.object({ order: z.string(), bytes: z.number() }) },
    translate: ({ body: { order, picture } }) => ({
      type: "order.placed",
      data: { order, bytes: Buffer.byteLength(picture) },
    }),
  });

let place: Place;
beforeAll(async () => {
  place = await openPlace();
  await makeTable({ ...place.aws, region: peer }, "connector");
  for (const at of [region, peer]) await makeBucket(at);
  await place.giveDuty();
}, 120_000);
afterAll(() => place?.aws.kill());

const s3 = async (at: string, path: string, method: "GET" | "PUT", body?: string): Promise<string> => {
  const call = { service: "s3", region: at, path: `payloads-${at}${path}`, method, timeoutMs: 5_000 };
  const answer = await clientFor({ ...place.aws, region: at }).call({ ...call, ...(body !== undefined && { body }) });
  if (answer.kind === "silent" || answer.status > 299) throw new Error(JSON.stringify(answer));
  return answer.body;
};
/** The first region's buckets are made without saying where. */
const makeBucket = (at: string): Promise<string> => {
  const there = `<LocationConstraint>${at}</LocationConstraint>`;
  const body = `<CreateBucketConfiguration>${there}</CreateBucketConfiguration>`;
  return s3(at, "", "PUT", at === region ? undefined : body);
};
const objectsIn = async (at: string): Promise<readonly string[]> =>
  [...(await s3(at, "?prefix=orders/", "GET")).matchAll(/<Key>([^<]*)/g)].map(([, key = ""]) => key);

const bytes = 600_000;
const order = (id: string, size = bytes): string => JSON.stringify({ order: id, picture: "ž".repeat(size / 2) });
const parts = (durability: "regional" | "replicated") => ({
  definition: definitionOf(durability),
  driver: { receive },
});
/** `reachesPeer`: else nothing listens where the other region's services are looked for. */
const surroundings = (reachesPeer: boolean) =>
  place.surroundings({
    regions: [region, peer],
    endpoints: { [region]: place.aws.url, [peer]: reachesPeer ? place.aws.url : "http://127.0.0.1:1" },
    payloadBucket: `payloads-${region}`,
  });
const give = (id: string, durability: "regional" | "replicated", { reachesPeer = true, size = bytes } = {}) =>
  httpAccept(parts(durability), surroundings(reachesPeer))(httpCall(id, order(id, size)), invocation());
const dispatch = (durability: "regional" | "replicated", reachesPeer = true) =>
  dispatchToHub(parts(durability), surroundings(reachesPeer))({}, invocation());

test("a message above 400 KB is accepted, and reaches the hub", async () => {
  expect(await give("a1", "regional")).toMatchObject({ statusCode: 202 });
  await dispatch("regional");
  expect(await place.published(1)).toMatchObject([{ id: "a1", data: { order: "a1", bytes } }]);
}, 60_000);

test("a replicated one is acknowledged when the other region's bucket has it too, and not without", async () => {
  const before = await objectsIn(peer);
  expect(await give("b0", "replicated", { reachesPeer: false })).toMatchObject({ statusCode: 503 });
  expect(await objectsIn(peer)).toEqual(before);
  expect(await give("b1", "replicated")).toMatchObject({ statusCode: 202 });
  const [there = ""] = (await objectsIn(peer)).filter((key) => !before.includes(key));
  expect(await s3(peer, `/${there}`, "GET")).toContain("b1");
  expect(await objectsIn(region)).toContain(there);
  await dispatch("replicated");
  expect(await place.published(1)).toMatchObject([{ id: "b1", data: { bytes } }]);
}, 60_000);

test("a repeat of a large message is known, and one with another content is a conflict", async () => {
  await give("c1", "regional");
  expect(await give("c1", "regional")).toMatchObject({ statusCode: 202 });
  expect(await give("c1", "regional", { size: bytes + 2 })).toMatchObject({ statusCode: 202 });
  await dispatch("regional");
  expect(await place.published(1)).toMatchObject([{ id: "c1", data: { bytes } }]);
}, 60_000);

test("beyond the definition's own limit it is answered 413, and nothing is kept", async () => {
  const before = await objectsIn(region);
  expect(await give("d1", "regional", { size: 1_000_002 })).toMatchObject({ statusCode: 413 });
  expect(await objectsIn(region)).toEqual(before);
});
