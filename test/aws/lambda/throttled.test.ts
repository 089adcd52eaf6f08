// A table that refuses calls. The handlers run here, against an emulated region; judged by the giver and at the bus.
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { receive } from "../../../src/drivers/http/driver.ts";
import { httpAccept } from "../../../src/hosts/lambda/accept/http-accept.ts";
import { dispatchToHub } from "../../../src/hosts/lambda/dispatch/to-hub.ts";
import definition from "../../../src/hosts/node/test-support/definitions/orders-in.ts";
import { httpCall, invocation, openPlace, type Place, region } from "./place.ts";
import { Throttling } from "./throttling.ts";

const parts = { definition, driver: { receive } };
let place: Place;
let throttling: Throttling;

beforeAll(async () => {
  place = await openPlace();
  throttling = new Throttling(place.aws.url);
  await throttling.open();
  await place.giveDuty();
}, 120_000);
afterEach(() => {
  throttling.share = 0;
});
afterAll(async () => {
  throttling?.close();
  await place?.aws.kill();
});

const surroundings = () => place.surroundings({ endpoints: { [region]: throttling.url } });
/** Of messages that are given all at once: which were taken, and how the others were answered. */
const give = async (ids: readonly string[]) => {
  const accept = httpAccept(parts, surroundings());
  const answers = await Promise.all(
    ids.map(async (id) => [id, await accept(httpCall(id, JSON.stringify({ order: id })), invocation())] as const),
  );
  return {
    taken: answers.flatMap(([id, { statusCode }]) => (statusCode === 202 ? [id] : [])),
    others: answers.map(([, answer]) => answer).filter(({ statusCode }) => statusCode !== 202),
  };
};
const dispatch = (remainingMs: number) => dispatchToHub(parts, surroundings())({}, invocation(remainingMs));
const ids = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`);
const unavailable = { statusCode: 503, headers: { "retry-after": expect.stringMatching(/^\d+$/) } };

test("a giver whose message a table did not take is told to come again, and nothing of it is published", async () => {
  throttling.share = 1;
  const { taken, others } = await give(ids("a", 5));
  expect(taken).toEqual([]);
  for (const answer of others) expect(answer).toMatchObject(unavailable);
  throttling.share = 0;
  await dispatch(20_000);
  expect(await place.published(0)).toEqual([]);
}, 60_000);

test("what was taken by a table that refuses every other call is published, while it goes on so", async () => {
  throttling.share = 0.5;
  const { taken, others } = await give(ids("b", 40));
  for (const answer of others) expect(answer).toMatchObject(unavailable);
  const refused = throttling.refused;
  // Each begins anew with what the one before it left.
  for (let engines = 0; engines < 2; engines += 1) await dispatch(10_000);
  expect(throttling.refused).toBeGreaterThan(refused);
  throttling.share = 0;
  await dispatch(20_000);
  const seen = new Set<string>();
  while (seen.size < taken.length) for (const { id } of await place.published(1)) seen.add(id);
  expect([...seen].sort()).toEqual([...taken].sort());
}, 60_000);
