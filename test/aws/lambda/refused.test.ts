// Tables that do not answer at all, or refuse everything. The handlers run here, against an emulated region.
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { receive } from "../../../src/drivers/http/driver.ts";
import { httpAccept } from "../../../src/hosts/lambda/accept/http-accept.ts";
import { dispatchToHub } from "../../../src/hosts/lambda/dispatch/to-hub.ts";
import { keep } from "../../../src/hosts/lambda/keeper/handler.ts";
import definition from "../../../src/hosts/node/test-support/definitions/orders-in.ts";
import { Gate, isToTable, refuse, tableRefusal } from "../ministack/gate.ts";
import { shortLease } from "./keeping.ts";
import { httpCall, invocation, openPlace, type Place, region } from "./place.ts";

const ways = ["silence", "AccessDeniedException", "ThrottlingException"] as const;
type Way = "passes" | (typeof ways)[number];

/** Stands before an emulated region. */
class TableGate extends Gate {
  way: Way = "passes";
  /** Calls to tables that are let through, before the way is taken. */
  letThrough = 0;

  protected override refuses(call: IncomingMessage, answer: ServerResponse): boolean {
    const isAsked = isToTable(call);
    if (isAsked && this.way !== "passes" && this.letThrough === 0) {
      if (this.way === "silence") call.resume();
      else refuse(call, answer, tableRefusal(this.way, "no"));
      return true;
    }
    if (isAsked && this.letThrough > 0) this.letThrough -= 1;
    return false;
  }
}

const parts = { definition, driver: { receive } };
let place: Place;
let gate: TableGate;

beforeAll(async () => {
  place = await openPlace();
  gate = new TableGate(place.aws.url);
  await gate.open();
}, 120_000);
afterEach(() => {
  gate.way = "passes";
  gate.letThrough = 0;
});
afterAll(async () => {
  gate?.close();
  await place?.aws.kill();
});

const surroundings = () => place.surroundings({ endpoints: { [region]: gate.url }, lease: shortLease });
const keeper = () => {
  const { name: _, ...shared } = place.config({ endpoints: { [region]: gate.url }, lease: shortLease });
  const connectors = { orders: { role: "receive", table: "connector", dispatchFunction: "orders-dispatch" } };
  const config = { ...shared, keeperFunction: "keeper", connectors };
  const around = surroundings();
  return keep({ ...around, variables: { ...around.variables, ISTHMUS: JSON.stringify(config) } });
};

// From the first call on, and from somewhere in the middle of its work.
const cases = ways.flatMap((way) => [0, 25].map((letThrough) => [way, letThrough] as const));

test.each(cases)(
  "an engine whose tables answer by %s only, after %i calls, ends before its time is over",
  async (way, letThrough) => {
    gate.way = "passes";
    await place.giveDuty();
    const id = `${way} ${letThrough}`;
    expect(await httpAccept(parts, place.surroundings())(httpCall(id, '{"order":"o"}'), invocation())).toMatchObject({
      statusCode: 202,
    });
    Object.assign(gate, { way, letThrough });
    const call = invocation(20_000);
    await dispatchToHub(parts, surroundings())({}, call);
    expect(call.getRemainingTimeInMillis()).toBeGreaterThan(0);
  },
  60_000,
);

test.each(cases)(
  "a keeper whose tables answer by %s only, after %i calls, ends before its time is over",
  async (way, letThrough) => {
    Object.assign(gate, { way, letThrough });
    const call = invocation(10_000);
    await keeper()({}, call);
    expect(call.getRemainingTimeInMillis()).toBeGreaterThan(0);
  },
  60_000,
);

test("what was accepted before goes on when the tables answer again", async () => {
  await place.giveDuty();
  const expected = ways.flatMap((way) => [0, 25].map((letThrough) => `${way} ${letThrough}`)).sort();
  const seen = new Set<string>();
  while (seen.size < expected.length) {
    await dispatchToHub(parts, surroundings())({}, invocation(20_000));
    for (const { id } of await place.published(0)) seen.add(id);
  }
  expect([...seen].sort()).toEqual(expected);
}, 120_000);
