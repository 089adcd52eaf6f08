// Functions whose processes are killed in the middle of their work. Judged at the partner's site.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accepts, hangs, type SiteDouble, startSite } from "../../../src/drivers/http/site/site-double.ts";
import { fromQueue, onStream } from "../ministack/functions.ts";
import { killWorkers } from "../ministack/workers.ts";
import { publish, subscribe } from "./hub.ts";
import { keeping, shortLease } from "./keeping.ts";
import { openPlace, type Place } from "./place.ts";
import { upload } from "./uploaded.ts";

const definition = join(import.meta.dirname, "definitions/shipments.ts");
const patience = { timeout: 40_000 };
let place: Place;
let site: SiteDouble;
let keeper: ReturnType<typeof keeping>;

beforeAll(async () => {
  [place, site] = await Promise.all([openPlace(), startSite()]);
  const config = { settings: { warehouse: site.url }, loopback: [site.endpoint], lease: shortLease };
  await upload(place, "orders", { definition, role: "send", driver: "http", config });
  await subscribe(place, "orders", 100);
  await fromQueue(place.aws, "orders", "orders-accept");
  await onStream(place.aws, "connector", "orders-dispatch");
  keeper = keeping(place, "orders");
}, 120_000);
afterAll(async () => {
  await keeper?.end();
  await place?.aws.kill();
  await site?.close();
});

const asked = (): readonly string[] =>
  site.calls.filter(({ method }) => method === "POST").map(({ headers }) => String(headers["webhook-id"]));
const ids = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}${at}`);
const different = (given: readonly string[]): readonly string[] => [...new Set(given)].sort();

test("an engine that is killed while its requests are open leaves them to the next one, under the same identities", async () => {
  site.behave(hangs);
  await publish(place, ids("a", 10));
  await expect.poll(() => asked().length, patience).toBeGreaterThan(0);
  expect(killWorkers(place.aws)).toBeGreaterThan(0);
  const before = asked().length;
  site.behave(accepts);
  await expect.poll(() => different(asked().slice(before)), patience).toEqual(ids("a", 10));
}, 60_000);

test("whatever is killed again and again, all that the hub published arrives", async () => {
  const before = asked().length;
  for (let round = 0; round < 3; round += 1) {
    const had = asked().length;
    await publish(place, ids(`b${round}-`, 10));
    // Some rounds are cut off as they are accepted, some as they are sent.
    if (round % 2 === 1) await expect.poll(() => asked().length, patience).toBeGreaterThan(had);
    killWorkers(place.aws);
  }
  const all = ids("b", 3).flatMap((round) => ids(`${round}-`, 10));
  await expect.poll(() => different(asked().slice(before)), patience).toEqual(all);
}, 60_000);
