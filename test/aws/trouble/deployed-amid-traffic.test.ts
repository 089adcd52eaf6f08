// A deployment in the middle of traffic: code and settings of functions are replaced while messages come. Judged at the bus.
import { join, relative, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { bundleLambda } from "../../../connectors/bundle/lambda/lambda.ts";
import type { HubEvent } from "../../../src/define/spec.ts";
import { openPlace, type Place, region } from "../lambda/place.ts";
import { upload } from "../lambda/uploaded.ts";
import { clientFor, makeHttpApi, onStream } from "../ministack/functions.ts";
import { zip } from "../ministack/zip.ts";
import { HttpGiver } from "./giver.ts";

const root = resolve(import.meta.dirname, "../../..");
const first = join(root, "src/hosts/node/test-support/definitions/orders-in.ts");
const second = join(import.meta.dirname, "definitions/orders-in-2.ts");
/** Messages of one turn. */
const turn = 5;
let place: Place;
let giver: HttpGiver;
let given = 0;

beforeAll(async () => {
  place = await openPlace();
  // An engine of the version before stays until its time is over, as it does on AWS.
  await upload(place, "orders", { definition: first, role: "receive", driver: "http", timeoutS: 9 });
  giver = new HttpGiver(place.aws, await makeHttpApi(place.aws, "orders-accept"));
  await onStream(place.aws, "connector", "orders-dispatch");
  await place.giveDuty();
}, 120_000);
afterAll(() => place?.aws.kill());

/** What `pulumi up` does to a function that has changed. */
const replace = async (path: string, input: object): Promise<void> => {
  const answer = await clientFor(place.aws).call({
    service: "lambda",
    region,
    method: "PUT",
    path: `2015-03-31/functions/${path}`,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
    timeoutMs: 20_000,
  });
  expect(answer).toMatchObject({ kind: "answered", status: 200 });
};
const deploySecond = async (): Promise<void> => {
  const connector = { name: "orders", definition: relative(root, second), role: "receive", driver: "http" } as const;
  const codes = (await bundleLambda([connector], root)).get("orders") ?? {};
  const Variables = { ISTHMUS: JSON.stringify(place.config({ digest: "d2" })) };
  for (const [what, { code, beside = {} }] of Object.entries(codes)) {
    await replace(`orders-${what}/code`, { ZipFile: zip({ "index.js": code, ...beside }).toString("base64") });
    await replace(`orders-${what}/configuration`, { Environment: { Variables } });
  }
};
const next = (): readonly string[] =>
  Array.from({ length: turn }, () => {
    given += 1;
    return `m${String(given).padStart(4, "0")}`;
  });
const noteOf = ({ data }: HubEvent): unknown => Reflect.get(Object(data), "note");

test("messages that come while a new version is deployed are published once each, by the one or the other", async () => {
  const all: string[] = [];
  const giveSome = async (): Promise<void> => {
    const ids = next();
    await giver.give(ids);
    all.push(...ids);
  };
  const published: HubEvent[] = [];
  const isOver = (): boolean => published.some((event) => noteOf(event) === "second version");
  await giveSome();
  published.push(...(await place.published(turn)));
  const deploying = deploySecond();
  while (!isOver()) {
    await giveSome();
    published.push(...(await place.published(0)));
  }
  await deploying;
  await giveSome();
  published.push(...(await place.published(all.length - published.length)));
  expect(published.map(({ id }) => id).sort()).toEqual(all);
  expect(new Set(published.map(noteOf))).toEqual(new Set(["first version", "second version"]));
  expect(await place.published(0)).toEqual([]);
}, 120_000);
