// Functions as they are deployed: built, uploaded, and called by an HTTP API and a table's stream. Judged at the bus.
import { request } from "node:http";
import { join, relative, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleLambda, type ConnectorCode } from "../../../connectors/bundle/lambda/lambda.ts";
import { makeFunction, makeHttpApi, onStream } from "../ministack/functions.ts";
import { httpCall, openPlace, type Place } from "./place.ts";

const root = resolve(import.meta.dirname, "../../..");
const definition = relative(root, join(root, "src/hosts/node/test-support/definitions/orders-in.ts"));
let place: Place;
let code: ConnectorCode;
let host = "";

beforeAll(async () => {
  place = await openPlace();
  code =
    (await bundleLambda([{ name: "orders", definition, role: "receive", driver: "http" }], root)).get("orders") ?? {};
  await makeFunction(place.aws, { name: "orders-accept", code: code.accept?.code ?? "", variables: variables() });
  host = await makeHttpApi(place.aws, "orders-accept");
  await place.giveDuty();
}, 120_000);
afterAll(() => place?.aws.kill());

const variables = (): Record<string, string> => ({ ISTHMUS: JSON.stringify(place.config()) });

const makeDispatch = async (name: string, timeoutS: number): Promise<void> => {
  await makeFunction(place.aws, { name, code: code.dispatch?.code ?? "", variables: variables(), timeoutS });
  await onStream(place.aws, "connector", name);
};

/** Status of the answer. */
const give = (id: string): Promise<number> =>
  new Promise((answered, failed) => {
    const { headers, body } = httpCall(id, JSON.stringify({ order: id }));
    const { hostname, port } = new URL(place.aws.url);
    request({ hostname, port, method: "POST", path: "/orders", headers: { ...headers, host } }, (response) => {
      response.resume().once("end", () => answered(response.statusCode ?? 0));
    })
      .once("error", failed)
      .end(body);
  });

const ids = (from: number, to: number): readonly string[] =>
  Array.from({ length: to - from }, (_, at) => `m${from + at}`);

test("what was accepted is on the bus though every engine is cut off, and once they are let end nothing is left", async () => {
  // Shorter than an engine stays.
  await makeDispatch("cut-off", 1);
  for (const id of ids(0, 20)) expect(await give(id)).toBe(202);
  await makeDispatch("orders-dispatch", 60);
  for (const id of ids(20, 40)) expect(await give(id)).toBe(202);
  const seen = new Set<string>();
  while (seen.size < 40) for (const { id } of await place.published(1)) seen.add(id);
  expect([...seen].sort()).toEqual([...ids(0, 40)].sort());
}, 120_000);
