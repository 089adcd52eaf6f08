// Lambda refuses the calls of a keeper for a while. Judged at the bus.
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { keeping } from "../lambda/keeping.ts";
import type { Place } from "../lambda/place.ts";
import { upload } from "../lambda/uploaded.ts";
import { makeHttpApi } from "../ministack/functions.ts";
import type { Burst } from "./burst.ts";
import { HttpGiver } from "./giver.ts";
import { openThrottled } from "./throttled.ts";

const root = resolve(import.meta.dirname, "../../..");
const shop = join(root, "src/hosts/node/test-support/definitions/orders-in.ts");
const patience = { timeout: 45_000 };
let place: Place;
let burst: Burst;

beforeAll(async () => {
  ({ place, burst } = await openThrottled());
}, 120_000);
afterAll(async () => {
  burst?.close();
  await place?.aws.kill();
});

test("while lambda refuses the keeper's calls no engine starts, and afterwards one does before the next sweep", async () => {
  await upload(place, "late", { definition: shop, role: "receive", driver: "http" });
  const shopToo = new HttpGiver(place.aws, await makeHttpApi(place.aws, "late-accept"));
  await shopToo.give(["late-1"]);
  burst.begin("lambda");
  // No stream calls the engine: only the keeper, once it has the duty.
  const keeper = keeping(place, "late");
  await expect.poll(() => burst.refused, patience).toBeGreaterThan(0);
  burst.end();
  const published: string[] = [];
  const look = async (): Promise<readonly string[]> => {
    published.push(...(await place.published(0)).map(({ id }) => id));
    return published;
  };
  await expect.poll(look, { timeout: 40_000 }).toEqual(["late-1"]);
  await keeper.end();
}, 120_000);
