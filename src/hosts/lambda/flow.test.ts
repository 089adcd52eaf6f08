import { afterAll, beforeAll, expect, test } from "vitest";
import { httpCall, invocation, openPlace, type Place } from "../../../test/aws/lambda/place.ts";
import type { Item } from "../../aws/dynamo/table.ts";
import { receive } from "../../drivers/http/driver.ts";
import definition from "../node/test-support/definitions/orders-in.ts";
import { httpAccept } from "./accept/http-accept.ts";
import { dispatchToHub } from "./dispatch/to-hub.ts";

let place: Place;
const parts = { definition, driver: { receive } };
const order = (id: string): string => JSON.stringify({ order: id });
const streamEvent = { Records: [{ dynamodb: { SequenceNumber: "1" } }] };

beforeAll(async () => {
  place = await openPlace();
  await place.giveDuty();
}, 120_000);
afterAll(() => place?.aws.kill());

const accept = (id: string, body = order(id), how = {}) =>
  httpAccept(parts, place.surroundings())(httpCall(id, body, how), invocation());
const dispatch = (event: unknown = streamEvent) => dispatchToHub(parts, place.surroundings())(event, invocation());

test("a message that was accepted is published once, however often its stream record comes", async () => {
  expect(await accept("a1")).toMatchObject({ statusCode: 202 });
  expect(await dispatch()).toEqual({ batchItemFailures: [] });
  expect(await place.published(1)).toMatchObject([{ type: "order.placed", id: "a1", data: { order: "a1" } }]);
  expect(await dispatch()).toEqual({ batchItemFailures: [] });
  expect(await place.published(0)).toEqual([]);
}, 60_000);

test("a repeat is answered as the first was, and published no second time", async () => {
  await accept("b1");
  expect(await accept("b1")).toMatchObject({ statusCode: 202 });
  await dispatch();
  expect(await place.published(1)).toHaveLength(1);
}, 60_000);

test("a body in base64 is the same body", async () => {
  expect(await accept("c1", order("c1"), { base64: true })).toMatchObject({ statusCode: 202 });
  await dispatch();
  expect(await place.published(1)).toMatchObject([{ id: "c1" }]);
}, 60_000);

test("a body beyond the limit, and one that proves nothing, leave nothing behind", async () => {
  expect(await accept("d1", JSON.stringify({ order: "x".repeat(100_001) }))).toMatchObject({ statusCode: 413 });
  expect(await accept("d2", order("d2"), { secret: "whsec_b3RoZXI=" })).toMatchObject({ statusCode: 401 });
  await dispatch();
  expect(await place.published(0)).toEqual([]);
}, 60_000);

test("a secret that was rotated a moment ago is good at once, and the one before still is", async () => {
  await accept("e0");
  const handler = httpAccept(parts, place.surroundings());
  expect(await handler(httpCall("e1", order("e1")), invocation())).toMatchObject({ statusCode: 202 });
  const fresh = `whsec_${Buffer.from("another one").toString("base64")}`;
  await place.call("secretsmanager", "1.1", "secretsmanager.PutSecretValue", {
    SecretId: "gate/shop",
    SecretString: fresh,
  });
  await expect
    .poll(async () => (await handler(httpCall("e2", order("e2"), { secret: fresh }), invocation())).statusCode, {
      timeout: 10_000,
    })
    .toBe(202);
  expect(await handler(httpCall("e3", order("e3")), invocation())).toMatchObject({ statusCode: 202 });
  await dispatch();
  expect((await place.published(4)).map(({ id }) => id).sort()).toEqual(["e0", "e1", "e2", "e3"]);
}, 60_000);

test("without its duty a region accepts and holds, and hands on once it has it", async () => {
  await new Promise<void>((done) =>
    place.regionalTable.update({ pk: "duty", sk: "us-east-1" }, { set: { until: 0 } }, null, () => done()),
  );
  expect(await accept("f1")).toMatchObject({ statusCode: 202 });
  await dispatch();
  expect(await place.published(0)).toEqual([]);
  await place.giveDuty();
  await dispatch({});
  expect(await place.published(1)).toMatchObject([{ id: "f1" }]);
}, 60_000);

test("its claim is let go at the end, and says nothing of a payload or a secret", async () => {
  const claim = await new Promise<Item | null>((done) =>
    place.regionalTable.get([{ pk: "engine", sk: "orders" }], true, (got) =>
      done(got.kind === "got" ? (got.items[0] ?? null) : null),
    ),
  );
  expect(claim?.attributes.released).toBe(1);
  expect(place.lines.join("\n")).not.toMatch(/whsec|"order":/);
});
