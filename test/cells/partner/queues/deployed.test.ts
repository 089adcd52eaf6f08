// A partner by queues, and one by buses, with functions of ours as they are deployed in one region, in every role.
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { openPlace, type Place, region } from "../../../aws/lambda/place.ts";
import { invoke, upload } from "../../../aws/lambda/uploaded.ts";
import { fromQueue, makeQueue, onQueue, onStream } from "../../../aws/ministack/functions.ts";
import { Partner } from "../partner.ts";
import { siteNames } from "../replicas.ts";
import { TheirCloud } from "./cloud.ts";
import { byEventBridge } from "./event-bridge.ts";
import { theirAccount, theirRegions } from "./names.ts";
import { bySqs } from "./sqs.ts";

type Role = "receive" | "poll" | "send";
const patience = { timeout: 60_000, interval: 200 };
const ways = { sqs: bySqs, "event-bridge": byEventBridge };
const item = (n: number) => ({ n, key: 0, ballast: "x" });
let place: Place;
let partner: Partner;
let lines: string[];
afterEach(async () => {
  await partner?.close();
  await place?.aws.kill();
});

/** One emulator serves our region and theirs; functions reach theirs by the fronts. */
async function open(driver: "sqs" | "event-bridge", role: Role): Promise<string> {
  place = await openPlace();
  await place.giveDuty();
  lines = [];
  const name = `${role}-ps`;
  partner = new Partner({
    theirs: "ps",
    write: ({ what, n, place: at }) => lines.push(`${what} ${n} ${at}`),
    lagMs: 300,
    timeoutMs: 5_000,
    regions: [region],
    region: (_region, path) => `${place.aws.url}/${theirAccount}/${path}`,
    firstRegion: () => region,
    regionOf: () => "east",
    secrets: { signing: "", sites: { a: "", b: "" }, readers: { a: "", b: "", both: "" } },
    keys: 1,
    roles: [role],
    connect: ways[driver](new TheirCloud(place.aws), (known) => known),
  });
  await partner.open();
  const fronts = siteNames.map((site) => [theirRegions.ps[site], `http://127.0.0.1:${partner.port(site)}`]);
  const endpoints = { [region]: place.aws.url, ...Object.fromEntries(fronts) };
  const definition = join(import.meta.dirname, "..", "..", "definitions", driver, `${name}.ts`);
  await upload(place, name, { definition, role, driver, config: { name, endpoints, secrets: [] }, timeoutS: 15 });
  return name;
}

const published = async (atLeast: number) => (await place.published(atLeast)).map(({ data }) => data);

test.each(["sqs", "event-bridge"] as const)(
  "receive by %s: what they give is published once",
  async (driver) => {
    const name = await open(driver, "receive");
    await onQueue(place.aws, name, `${name}-accept`);
    await onStream(place.aws, "connector", `${name}-dispatch`);
    partner.run();
    for (const n of [1, 2, 3]) partner.make("receive", item(n));
    await vi.waitFor(() => expect(partner.isIdle).toBe(true), patience);
    const all = (await published(3)).map((data) => JSON.stringify(data)).sort();
    expect(all).toEqual([1, 2, 3].map((n) => JSON.stringify({ n, key: "k0", ballast: "x" })));
  },
  120_000,
);

test("poll by sqs: what lies at the site in use is published once, and leaves its queue", async () => {
  const name = await open("sqs", "poll");
  for (const n of [1, 2, 3]) partner.make("poll", item(n));
  await vi.waitFor(() => expect(partner.isIdle).toBe(true), patience);
  await invoke(place, `${name}-dispatch`);
  expect(new Set((await published(3)).map((data) => Number(Object(data).n)))).toEqual(new Set([1, 2, 3]));
}, 120_000);

test.each(["event-bridge"] as const)(
  "send by %s: what is asked has one effect at their primary",
  async (driver) => {
    const name = await open(driver, "send");
    const hub = await makeQueue(place.aws, name);
    await fromQueue(place.aws, name, `${name}-accept`);
    await onStream(place.aws, "connector", `${name}-dispatch`);
    for (const n of [1, 2, 3]) {
      const detail = {
        specversion: "1.0",
        type: "send-ps.asked",
        id: `send-ps-${n}`,
        source: "/cells",
        time: "2026-11-25T12:00:00Z",
        data: { n, key: "k0", ballast: "x" },
      };
      const body = JSON.stringify({ version: "0", "detail-type": detail.type, source: "cells", detail });
      await place.call("sqs", "1.0", "AmazonSQS.SendMessage", { QueueUrl: hub, MessageBody: body });
    }
    await vi.waitFor(() => expect(lines).toHaveLength(3), patience);
    expect([...lines].sort()).toEqual(["effect 1 a.east", "effect 2 a.east", "effect 3 a.east"]);
  },
  120_000,
);
