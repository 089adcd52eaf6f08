// Each service that a receiver's functions use refuses calls for a while, in turn. Judged by the giver and at the bus.
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Place } from "../lambda/place.ts";
import { upload } from "../lambda/uploaded.ts";
import { makeHttpApi, onStream } from "../ministack/functions.ts";
import type { Burst, Service } from "./burst.ts";
import { HttpGiver } from "./giver.ts";
import { openThrottled } from "./throttled.ts";

const root = resolve(import.meta.dirname, "../../..");
const shop = join(root, "src/hosts/node/test-support/definitions/orders-in.ts");
const patience = { timeout: 45_000 };
let place: Place;
let burst: Burst;
let giver: HttpGiver;

beforeAll(async () => {
  ({ place, burst } = await openThrottled());
  await upload(place, "orders", { definition: shop, role: "receive", driver: "http" });
  giver = new HttpGiver(place.aws, await makeHttpApi(place.aws, "orders-accept"));
  await onStream(place.aws, "connector", "orders-dispatch");
}, 120_000);
afterAll(async () => {
  burst?.close();
  await place?.aws.kill();
});

const ids = (prefix: string): readonly string[] => Array.from({ length: 5 }, (_, at) => `${prefix}-${at}`);

// Secrets first: functions that have just started have none.
test.each<Service>(["secretsmanager", "dynamodb", "events"])(
  "while %s refuses calls nothing that was acknowledged is lost, and afterwards all goes on",
  async (service) => {
    await place.giveDuty();
    const [amid, after] = [ids(`${service}-amid`), ids(`${service}-after`)];
    burst.begin(service);
    const giving = giver.give(amid);
    await expect.poll(() => burst.refused, patience).toBeGreaterThan(3);
    burst.end();
    await giving;
    await giver.give(after);
    const published = await place.published(10);
    expect(published.map(({ id }) => id).sort()).toEqual([...after, ...amid].sort());
    expect(await place.published(0)).toEqual([]);
  },
  120_000,
);
