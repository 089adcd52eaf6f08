// How a region is, as the keeper's trace found it: the handlers run here, against an emulated region.
import { afterAll, beforeAll, expect, test } from "vitest";
import { receive } from "../../../src/drivers/http/driver.ts";
import { httpAccept } from "../../../src/hosts/lambda/accept/http-accept.ts";
import { keep } from "../../../src/hosts/lambda/keeper/handler.ts";
import { toldHealth } from "../../../src/hosts/lambda/runtime/health.ts";
import definition from "../../../src/hosts/node/test-support/definitions/orders-in.ts";
import { shortLease } from "./keeping.ts";
import { httpCall, invocation, openPlace, type Place } from "./place.ts";

let place: Place;
beforeAll(async () => {
  place = await openPlace();
}, 120_000);
afterAll(() => place?.aws.kill());

const keeper = () => {
  const { name: _, ...shared } = place.config({ lease: shortLease });
  const config = { ...shared, keeperFunction: "keeper", connectors: {} };
  const around = place.surroundings();
  return keep({ ...around, variables: { ...around.variables, ISTHMUS: JSON.stringify(config) } });
};
const asked = async (path: string) => {
  const accept = httpAccept({ definition, driver: { receive } }, place.surroundings());
  const call = { ...httpCall("h", ""), rawPath: path, requestContext: { http: { method: "GET" } } };
  const { statusCode, body } = await accept(call, invocation());
  return { statusCode, said: JSON.parse(body) };
};
const through = { well: true, detail: "a trace got through" };

test("a region whose keeper sends a trace through its tables says so, and one without its duty does not act", async () => {
  expect(await asked("/health/act")).toMatchObject({ statusCode: 503 });
  await place.giveDuty();
  await keeper()({}, invocation(13_000));
  const told = await new Promise((done) => toldHealth(place.regionalTable, done));
  expect(told).toMatchObject({ accept: { well: true }, act: through });
  expect(await asked("/health/accept")).toMatchObject({ statusCode: 200, said: { well: true } });
  await place.giveDuty();
  expect(await asked("/health/act")).toEqual({ statusCode: 200, said: through });
}, 60_000);
