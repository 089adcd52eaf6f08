// Each service that a sender's functions use refuses calls for a while, in turn. Judged at the partner's queue.
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { publish, received, subscribe } from "../lambda/hub.ts";
import type { Place } from "../lambda/place.ts";
import { upload } from "../lambda/uploaded.ts";
import { fromQueue, makeQueue, onStream, queueArn } from "../ministack/functions.ts";
import type { Burst, Service } from "./burst.ts";
import { openThrottled } from "./throttled.ts";

const carrier = join(import.meta.dirname, "definitions/parcels-sent.ts");
const patience = { timeout: 45_000 };
let place: Place;
let burst: Burst;
let parcels = "";

beforeAll(async () => {
  ({ place, burst } = await openThrottled());
  parcels = await makeQueue(place.aws, "carrier");
  const settings = { queue: queueArn(place.aws, "carrier"), role: "arn:aws:iam::000000000000:role/us" };
  const config = { settings, secrets: [], loopback: [new URL(burst.url).host] };
  await upload(place, "orders", { definition: carrier, role: "send", driver: "sqs", config });
  await subscribe(place, "orders", 100);
  await fromQueue(place.aws, "orders", "orders-accept");
  await onStream(place.aws, "connector", "orders-dispatch");
}, 120_000);
afterAll(async () => {
  burst?.close();
  await place?.aws.kill();
});

/** Orders of what lies in the carrier's queue, each as often as it does, and takes them. */
const carried = async (): Promise<readonly string[]> => {
  const messages = await received(place, parcels);
  for (const { ReceiptHandle } of messages) {
    await place.call("sqs", "1.0", "AmazonSQS.DeleteMessage", { QueueUrl: parcels, ReceiptHandle });
  }
  return messages.map(({ Body }) => String(JSON.parse(Body).order));
};

// Credentials first: functions that have just started have none of the partner's.
test.each<Service>(["sts", "dynamodb", "sqs"])(
  "while %s refuses calls nothing that the hub gave is lost, and afterwards all goes on",
  async (service) => {
    await place.giveDuty();
    const all = Array.from({ length: 10 }, (_, at) => `${service}-${at}`);
    burst.begin(service);
    await publish(place, all.slice(0, 5));
    await expect.poll(() => burst.refused, patience).toBeGreaterThan(3);
    burst.end();
    await publish(place, all.slice(5));
    const taken: string[] = [];
    const look = async (): Promise<ReadonlySet<string>> => {
      taken.push(...(await carried()));
      return new Set(taken);
    };
    await expect.poll(look, patience).toEqual(new Set(all));
    expect([...taken, ...(await carried())].sort()).toEqual(all);
  },
  120_000,
);
