// S3 refuses calls for a while, where payloads are that are too large for a table. Judged by the giver and at the bus.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Place, region } from "../lambda/place.ts";
import { upload } from "../lambda/uploaded.ts";
import { clientFor, makeHttpApi, onStream } from "../ministack/functions.ts";
import type { Burst } from "./burst.ts";
import { HttpGiver } from "./giver.ts";
import { openThrottled } from "./throttled.ts";

const pictures = join(import.meta.dirname, "definitions/pictures-in.ts");
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

test("while s3 refuses calls large messages are not acknowledged, and what was acknowledged waits for it", async () => {
  const bucket = { service: "s3", region, method: "PUT", path: "payloads", timeoutMs: 5_000 } as const;
  expect(await clientFor(place.aws).call(bucket)).toMatchObject({ status: 200 });
  const config = { payloadBucket: "payloads" };
  await upload(place, "pictures", { definition: pictures, role: "receive", driver: "http", config });
  const shopToo = new HttpGiver(place.aws, await makeHttpApi(place.aws, "pictures-accept"));
  const large = { picture: "x".repeat(600_000) };
  burst.begin("s3");
  const giving = shopToo.give(["large-1", "large-2"], large);
  await expect.poll(() => burst.refused, patience).toBeGreaterThan(3);
  expect(shopToo.answers).not.toContain(202);
  burst.end();
  await giving;
  // Its engine finds them accepted, and cannot read them.
  burst.begin("s3");
  await place.giveDuty();
  await onStream(place.aws, "connector", "pictures-dispatch");
  await expect.poll(() => burst.refused, patience).toBeGreaterThan(3);
  expect(await place.published(0)).toEqual([]);
  burst.end();
  expect((await place.published(2)).map(({ id }) => id).sort()).toEqual(["large-1", "large-2"]);
}, 120_000);
