// Each service of AWS in turn refuses calls for a while. Functions as they are deployed; judged by the giver, at the bus and at
// a partner's queue.
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publish, received, subscribe } from "../lambda/hub.ts";
import { keeping } from "../lambda/keeping.ts";
import { openPlace, type Place, region } from "../lambda/place.ts";
import { upload } from "../lambda/uploaded.ts";
import { clientFor, fromQueue, makeHttpApi, makeQueue, onStream, queueArn } from "../ministack/functions.ts";
import { makeTable } from "../ministack/tables.ts";
import { killWorkers } from "../ministack/workers.ts";
import { Burst, type Service } from "./burst.ts";
import { HttpGiver } from "./giver.ts";

const root = resolve(import.meta.dirname, "../../..");
const shop = join(root, "src/hosts/node/test-support/definitions/orders-in.ts");
const carrier = join(import.meta.dirname, "definitions/parcels-sent.ts");
const pictures = join(import.meta.dirname, "definitions/pictures-in.ts");
const patience = { timeout: 45_000 };
let place: Place;
let burst: Burst;
let giver: HttpGiver;
let parcels = "";
const places: Place[] = [];
const bursts: Burst[] = [];

/** A region whose functions reach its services through what may refuse them. */
const open = async () => {
  const direct = await openPlace();
  places.push(direct);
  const between = await Burst.open(direct.aws.url);
  bursts.push(between);
  const through: Place = {
    ...direct,
    config: (change) => direct.config({ endpoints: { [region]: between.url }, ...change }),
  };
  return { through, between };
};

beforeAll(async () => {
  ({ through: place, between: burst } = await open());
  await upload(place, "orders", { definition: shop, role: "receive", driver: "http" });
  giver = new HttpGiver(place.aws, await makeHttpApi(place.aws, "orders-accept"));
  await onStream(place.aws, "connector", "orders-dispatch");
  await makeTable(place.aws, "parcels");
  parcels = await makeQueue(place.aws, "carrier");
  const settings = { queue: queueArn(place.aws, "carrier"), role: "arn:aws:iam::000000000000:role/us" };
  const config = { name: "parcels", table: "parcels", dispatchFunction: "parcels-dispatch", settings, secrets: [] };
  const loopback = [new URL(burst.url).host];
  await upload(place, "parcels", { definition: carrier, role: "send", driver: "sqs", config: { ...config, loopback } });
  await subscribe(place, "parcels-in", 100);
  await fromQueue(place.aws, "parcels-in", "parcels-accept");
  await onStream(place.aws, "parcels", "parcels-dispatch");
}, 120_000);
afterAll(async () => {
  for (const each of bursts) each.close();
  await Promise.all(places.map(({ aws }) => aws.kill()));
});

const ids = (prefix: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${prefix}-${at}`);
const refusedCalls = (): number => burst.refused;
/** Ids of what the bus handed on, each as often as it did, until there are so many. */
const onBus = async (count: number) => (await place.published(count)).map(({ id }) => id).sort();

test.each<Service>(["dynamodb", "events", "secretsmanager"])(
  "while %s refuses a receiver's calls nothing that was acknowledged is lost, and afterwards all goes on",
  async (service) => {
    await place.giveDuty();
    const [before, amid, after] = [ids(`${service}-before`, 5), ids(`${service}-amid`, 5), ids(`${service}-after`, 5)];
    await giver.give(before);
    // Functions that start anew have no secret yet.
    if (service === "secretsmanager") {
      await onBus(before.length).then((had) => expect(had).toEqual(before));
      killWorkers(place.aws);
    }
    burst.begin(service);
    const giving = giver.give(amid);
    await expect.poll(refusedCalls, patience).toBeGreaterThan(3);
    burst.end();
    await giving;
    await giver.give(after);
    const all = [...(service === "secretsmanager" ? [] : before), ...amid, ...after].sort();
    expect(await onBus(all.length)).toEqual(all);
    expect(await onBus(0)).toEqual([]);
  },
  120_000,
);

/** Orders of what lies in the carrier's queue, each as often as it does, and takes them. */
const carried = async (): Promise<readonly string[]> => {
  const messages = await received(place, parcels);
  for (const { ReceiptHandle } of messages) {
    await place.call("sqs", "1.0", "AmazonSQS.DeleteMessage", { QueueUrl: parcels, ReceiptHandle });
  }
  return messages.map(({ Body }) => String(JSON.parse(Body).order));
};

test.each<Service>(["dynamodb", "sts", "sqs"])(
  "while %s refuses a sender's calls nothing that the hub gave is lost, and afterwards all goes on",
  async (service) => {
    await place.giveDuty();
    const all = ids(`${service}-send`, 10);
    // Functions that start anew have no credentials of the partner's yet.
    if (service === "sts") killWorkers(place.aws);
    burst.begin(service);
    await publish(place, all.slice(0, 5));
    await expect.poll(refusedCalls, patience).toBeGreaterThan(3);
    burst.end();
    await publish(place, all.slice(5));
    const taken: string[] = [];
    await expect
      .poll(async () => {
        taken.push(...(await carried()));
        return new Set(taken);
      }, patience)
      .toEqual(new Set(all));
    expect([...taken, ...(await carried())].sort()).toEqual(all);
  },
  120_000,
);

test("while lambda refuses the keeper's calls no engine starts, and afterwards one does before the next sweep", async () => {
  const { through, between } = await open();
  await upload(through, "late", { definition: shop, role: "receive", driver: "http" });
  const shopToo = new HttpGiver(through.aws, await makeHttpApi(through.aws, "late-accept"));
  await shopToo.give(["late-1"]);
  between.begin("lambda");
  // No stream calls the engine: only the keeper, once it has the duty.
  const keeper = keeping(through, "late");
  await expect.poll(() => between.refused, patience).toBeGreaterThan(0);
  between.end();
  const published: string[] = [];
  const look = async (): Promise<readonly string[]> => {
    published.push(...(await through.published(0)).map(({ id }) => id));
    return published;
  };
  await expect.poll(look, { timeout: 40_000 }).toEqual(["late-1"]);
  await keeper.end();
}, 120_000);

test("while s3 refuses calls large messages are not acknowledged, and what was acknowledged waits for it", async () => {
  const { through, between } = await open();
  const bucket = { service: "s3", region, method: "PUT", path: "payloads", timeoutMs: 5_000 } as const;
  expect(await clientFor(through.aws).call(bucket)).toMatchObject({ status: 200 });
  const config = { payloadBucket: "payloads" };
  await upload(through, "pictures", { definition: pictures, role: "receive", driver: "http", config });
  const shopToo = new HttpGiver(through.aws, await makeHttpApi(through.aws, "pictures-accept"));
  const large = { picture: "x".repeat(600_000) };
  between.begin("s3");
  const giving = shopToo.give(["large-1", "large-2"], large);
  await expect.poll(() => between.refused, patience).toBeGreaterThan(3);
  expect(shopToo.answers).not.toContain(202);
  between.end();
  await giving;
  // Its engine finds them accepted, and cannot read them.
  between.begin("s3");
  await through.giveDuty();
  await onStream(through.aws, "connector", "pictures-dispatch");
  await expect.poll(() => between.refused, patience).toBeGreaterThan(3);
  expect(await through.published(0)).toEqual([]);
  between.end();
  expect((await through.published(2)).map(({ id }) => id).sort()).toEqual(["large-1", "large-2"]);
}, 120_000);
