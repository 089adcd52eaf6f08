import { afterAll, beforeAll, expect, test } from "vitest";
import { httpCall, invocation, openPlace, type Place } from "../../../../test/aws/lambda/place.ts";
import { receive } from "../../../drivers/http/driver.ts";
import definition from "../../node/test-support/definitions/orders-in.ts";
import { httpAccept } from "../accept/http-accept.ts";
import { dispatchToHub } from "../dispatch/to-hub.ts";
import { tellHealth } from "../runtime/health.ts";
import { adminHandler } from "./handler.ts";

let place: Place;
const parts = { definition, driver: { receive } };
const body = (does?: string): string => JSON.stringify({ order: "o", ...(does !== undefined && { does }) });

beforeAll(async () => {
  place = await openPlace();
  await place.giveDuty();
  const accept = httpAccept(parts, place.surroundings());
  await accept(httpCall("good", body()), invocation());
  await accept(httpCall("bad", body("throw")), invocation());
  await dispatchToHub(parts, place.surroundings())({}, invocation());
}, 120_000);
afterAll(() => place?.aws.kill());

const ask = async (method: string, path: string, given?: object): Promise<{ status: number; said: unknown }> => {
  const { surroundings } = place;
  const around = surroundings();
  const { name, role, table, dispatchFunction, digest, ...shared } = place.config();
  const config = { ...shared, connectors: { [name]: { role, table, dispatchFunction, digest } } };
  const handler = adminHandler({ ...around, variables: { ...around.variables, ISTHMUS: JSON.stringify(config) } });
  const event = {
    rawPath: path.split("?")[0],
    rawQueryString: path.split("?")[1] ?? "",
    requestContext: { http: { method } },
    ...(given !== undefined && { body: JSON.stringify(given) }),
  };
  const { statusCode, body: text } = await handler(event, invocation());
  return { status: statusCode, said: JSON.parse(text) };
};

test("tells of a connector, its duty and its counts while no engine runs", async () => {
  expect((await ask("GET", "/admin/status")).said).toMatchObject({
    region: "us-east-1",
    duties: [{ region: "us-east-1", epoch: 1, holder: "us-east-1" }],
    connectors: {
      orders: {
        partner: "shop",
        actsFor: ["us-east-1"],
        ledger: { accepted: 2, byOutcome: { delivered: 1, faulted: 1 } },
      },
    },
  });
  expect((await ask("GET", "/admin/connectors/orders")).said).toMatchObject({ counts: { accepted: 2, pending: 0 } });
});

test("tells how the region is, by the keeper's last trace and by its lease", async () => {
  const bad = { well: false, detail: "a trace did not get through" };
  const well = { well: true, detail: "the store takes entries" };
  const told = { accept: well, act: bad, at: Date.now() };
  await new Promise<void>((done) => tellHealth(place.regionalTable, told, done));
  expect(await ask("GET", "/health/accept")).toEqual({ status: 200, said: well });
  expect(await ask("GET", "/health/act")).toEqual({ status: 503, said: bad });
  expect((await ask("GET", "/admin/status")).said).toMatchObject({ health: told });
});

test("lists what is faulted with personal fields masked, and finds it by its id", async () => {
  const { said } = await ask("GET", "/admin/faults");
  expect(said).toMatchObject({ entries: [{ id: "bad", reason: "no such article" }] });
  expect(JSON.stringify(said)).not.toContain('\\"order\\":\\"o\\"');
  expect((await ask("GET", "/admin/where/good")).said).toMatchObject({ entries: [{ outcome: "delivered" }] });
});

test("a connector that holds something is not let go, and what a person gave up is counted so", async () => {
  expect(await ask("DELETE", "/admin/connectors/orders")).toMatchObject({
    status: 409,
    said: { counts: { faulted: 1 } },
  });
  const decision = { connector: "orders", identities: ["/shop/orders bad"], person: "ann" };
  expect((await ask("POST", "/admin/faults/discard", decision)).said).toMatchObject({ results: [{ kind: "done" }] });
  expect(await ask("DELETE", "/admin/connectors/orders")).toMatchObject({
    status: 200,
    said: { counts: { faulted: 0 } },
  });
});

test("what is asked wrongly is answered with the field", async () => {
  expect(await ask("POST", "/admin/faults/discard", { connector: "orders" })).toMatchObject({ status: 400 });
  expect(await ask("GET", "/admin/connectors/none")).toMatchObject({ status: 404 });
});
