// An engine whose table does not answer for longer than its claim lasts. The handlers run here; judged at the bus.
import { afterAll, beforeAll, expect, test } from "vitest";
import { receive } from "../../../src/drivers/http/driver.ts";
import { httpAccept } from "../../../src/hosts/lambda/accept/http-accept.ts";
import { dispatchToHub } from "../../../src/hosts/lambda/dispatch/to-hub.ts";
import { engineKey } from "../../../src/hosts/lambda/lease/engine-claim.ts";
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
afterAll(async () => {
  throttling?.close();
  await place?.aws.kill();
});

/** Until when an engine may act, wall clock; 0: none ever did. */
const heldUntil = (): Promise<number> =>
  new Promise((done) =>
    place.regionalTable.get([engineKey("orders")], true, (got) =>
      done(got.kind === "got" ? Number(got.items[0]?.attributes.until ?? 0) : 0),
    ),
  );
const give = async (id: string): Promise<number> => {
  const accept = httpAccept(parts, place.surroundings());
  return (await accept(httpCall(id, JSON.stringify({ order: id })), invocation())).statusCode;
};

test("its call takes the claim again, and goes on with what was accepted meanwhile", async () => {
  expect(await give("a1")).toBe(202);
  let ended = false;
  const surroundings = place.surroundings({ endpoints: { [region]: throttling.url } });
  const call = dispatchToHub(parts, surroundings)({}, invocation(120_000)).finally(() => {
    ended = true;
  });
  expect((await place.published(1)).map(({ id }) => id)).toEqual(["a1"]);
  throttling.share = 1;
  await expect.poll(async () => (await heldUntil()) < Date.now(), { timeout: 20_000 }).toBe(true);
  expect(await give("a2")).toBe(202);
  throttling.share = 0;
  expect((await place.published(1)).map(({ id }) => id)).toContain("a2");
  expect(ended).toBe(false);
  await call;
}, 90_000);
