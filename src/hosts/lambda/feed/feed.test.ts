import { afterAll, beforeAll, expect, test } from "vitest";
import { invocation, openPlace, type Place } from "../../../../test/aws/lambda/place.ts";
import { feed } from "../../../drivers/http/driver.ts";
import { entryOf } from "../../../hub/event-bridge/entries.ts";
import definition from "../../node/test-support/definitions/orders-feed.ts";
import { hubAccept } from "../accept/hub-accept.ts";
import type { ConnectorConfig } from "../config.ts";
import { dispatchToReaders } from "../dispatch/to-readers.ts";
import { serveFeed } from "./feed.ts";

let place: Place;
const parts = { definition, driver: { feed } };
const change: Partial<ConnectorConfig> = { role: "feed", secrets: ["claims", "audit"], cursorSecret: "gate/cursors" };

beforeAll(async () => {
  place = await openPlace();
  for (const name of ["claims", "audit", "cursors"]) {
    await place.call("secretsmanager", "1.1", "secretsmanager.CreateSecret", {
      Name: `gate/${name}`,
      SecretString: `${name}-of-ours`,
    });
  }
  await place.giveDuty();
}, 120_000);
afterAll(() => place?.aws.kill());

/** An event of the hub as its rule puts it into the connector's queue. */
const record = (id: string, origin?: string): object => {
  const event = {
    type: "order.placed",
    id,
    source: "/shop/orders",
    time: "2026-01-01T00:00:00Z",
    data: { order: id, note: "n" },
  };
  const { input } = entryOf({ ...event, ...(origin !== undefined && { isthmusorigin: origin }) }, "hub");
  return { messageId: id, body: JSON.stringify({ "detail-type": input.DetailType, detail: JSON.parse(input.Detail) }) };
};
const take = (...records: object[]) => hubAccept(parts, place.surroundings(change))({ Records: records }, invocation());
const read = async (): Promise<{ statusCode: number; body: string }> => {
  const event = {
    rawPath: "/orders",
    rawQueryString: "",
    headers: { authorization: "Bearer claims-of-ours" },
    requestContext: { http: { method: "GET" } },
  };
  return serveFeed(parts, place.surroundings(change))(event, invocation());
};

test("a reader gets what the hub's queue brought, and what is no event stays in the queue", async () => {
  // Readers begin where the connector stands when an engine first looks after it.
  await dispatchToReaders(parts, place.surroundings(change))({}, invocation());
  expect(await take(record("f1"), { messageId: "odd", body: "{}" })).toEqual({
    batchItemFailures: [{ itemIdentifier: "odd" }],
  });
  const answer = await read();
  expect([answer.statusCode, answer.body]).toEqual([200, expect.stringContaining('"f1"')]);
}, 60_000);
