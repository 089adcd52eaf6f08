// Partners that hand over by queues, by functions as they are deployed. Judged at the bus, and at the queues.
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { makeQueue, onQueue, onStream, queueArn } from "../ministack/functions.ts";
import { received } from "./hub.ts";
import { openPlace, type Place } from "./place.ts";
import { invoke, upload } from "./uploaded.ts";

const patience = { timeout: 20_000 };
const places: Place[] = [];

const open = async (): Promise<Place> => {
  const place = await openPlace();
  places.push(place);
  await place.giveDuty();
  return place;
};
afterAll(() => Promise.all(places.map(({ aws }) => aws.kill())));

const definition = (name: string): string => join(import.meta.dirname, "definitions", `${name}.ts`);
const write = (place: Place, queue: string, bodies: readonly string[]): Promise<unknown> => {
  const Entries = bodies.map((MessageBody, at) => ({ Id: `${at}`, MessageBody }));
  return place.call("sqs", "1.0", "AmazonSQS.SendMessageBatch", { QueueUrl: queue, Entries });
};
const parcel = (id: string): string => JSON.stringify({ parcel: id });
const published = async (place: Place, atLeast: number) => (await place.published(atLeast)).map(({ id }) => id).sort();

test("a partner's queue is read, each message published once, and deleted when it is durable", async () => {
  const place = await open();
  const queue = await makeQueue(place.aws, "parcels");
  const settings = { queue: queueArn(place.aws, "parcels"), role: "arn:aws:iam::000000000000:role/us" };
  const config = { settings, loopback: [new URL(place.aws.url).host], secrets: [] };
  const uploading = {
    definition: definition("parcels-read"),
    role: "poll",
    driver: "sqs",
    config,
    timeoutS: 11,
  } as const;
  await upload(place, "parcels", uploading);
  await write(place, queue, ["p1", "p2", "p3"].map(parcel));
  await invoke(place, "parcels-dispatch");
  expect(await published(place, 3)).toEqual(["p1", "p2", "p3"]);
  await write(place, queue, [parcel("p4")]);
  await invoke(place, "parcels-dispatch");
  expect(await published(place, 1)).toEqual(["p4"]);
  expect(await published(place, 0)).toEqual([]);
  await expect.poll(() => received(place, queue), patience).toEqual([]);
}, 60_000);

test("what a partner writes to a queue of ours is published once, also where one message tells no identity", async () => {
  const place = await open();
  const uploading = { definition: definition("parcels-taken"), role: "receive", driver: "sqs" } as const;
  await upload(place, "parcels", { ...uploading, config: { secrets: [] } });
  const queue = await onQueue(place.aws, "parcels", "parcels-accept");
  await onStream(place.aws, "connector", "parcels-dispatch");
  await write(place, queue, [...["q1", "q2"].map(parcel), "{}", parcel("q1"), parcel("q3")]);
  expect(await published(place, 3)).toEqual(["q1", "q2", "q3"]);
  expect(await published(place, 0)).toEqual([]);
  await expect.poll(() => received(place, queue), patience).toEqual([]);
}, 60_000);
