// A partner by queues, and one by buses, with a gateway that the test plays: what giver and taker write down of it.
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import * as z from "zod";
import { json, makeQueue } from "../../../aws/ministack/functions.ts";
import { startMinistack } from "../../../aws/ministack/ministack.ts";
import type { Line } from "../../ledger.ts";
import type { Connect } from "../connection.ts";
import { Partner } from "../partner.ts";
import { type SiteName, siteNames } from "../replicas.ts";
import { TheirCloud } from "./cloud.ts";
import { byEventBridge } from "./event-bridge.ts";
import { busArn, theirAccount, theirRegions } from "./names.ts";
import { bySqs } from "./sqs.ts";

const lagMs = 300;
const patience = { timeout: 10_000 };
const ourRegions = ["us-east-1", "us-west-2"];
let cloud: TheirCloud;
let partner: Partner;
let lines: Omit<Line, "at">[];
let opened = 0;
beforeAll(async () => {
  cloud = new TheirCloud(await startMinistack({ region: "eu-west-1" }));
}, 120_000);
afterAll(() => cloud?.close());
/** What one test leaves in a queue is no other's. */
beforeEach(async () => {
  lines = [];
  for (const site of siteNames) {
    const region = cloud.region(theirRegions.ps[site]);
    for (const name of ["poll-ps", "send-ps", "bus-ps"]) await region.purge(await region.makeQueue(name));
    region.close();
  }
});
afterEach(() => partner.close());

async function open(by: (cloud: TheirCloud, nameOf: (region: string) => string) => Connect, role: string) {
  opened += 1;
  partner = new Partner({
    theirs: "ps",
    write: (line) => lines.push(line),
    lagMs,
    timeoutMs: 3_000,
    regions: ourRegions,
    region: (_region, path) => `${cloud.url}/${theirAccount}/${path}-${opened}`,
    firstRegion: () => "us-east-1",
    regionOf: () => "east",
    secrets: { signing: "", sites: { a: "", b: "" }, readers: { a: "", b: "", both: "" } },
    keys: 1,
    roles: [role],
    connect: by(cloud, (region) => region),
  });
  await partner.open();
  partner.run();
}

const item = (n: number) => ({ n, key: 0, ballast: "x" });
const said = () => lines.map(({ what, n, place }) => `${what} ${n} ${place}`);
const isSaid = (...all: readonly string[]): Promise<void> => vi.waitFor(() => expect(said()).toEqual(all), patience);

/** The site as our functions call it. */
const at = (site: SiteName) => ({
  url: `http://127.0.0.1:${partner.port(site)}`,
  region: theirRegions.ps[site],
});
const ask = (site: SiteName, name: string, operation: string, input: object): Promise<unknown> =>
  json(at(site), "sqs", "1.0", `AmazonSQS.${operation}`, {
    QueueUrl: `${at(site).url}/${theirAccount}/${name}`,
    ...input,
  });
const messages = z.object({ Messages: z.array(z.object({ Body: z.string() })).default([]) });
const bodies = (answer: unknown): readonly string[] => messages.parse(answer).Messages.map(({ Body }) => Body);
/** Numbers of the items that a queue gives. */
const polled = async (site: SiteName): Promise<readonly number[]> => {
  const answer = await ask(site, "poll-ps", "ReceiveMessage", { MaxNumberOfMessages: 10, VisibilityTimeout: 0 });
  return bodies(answer).map((body) => z.object({ n: z.int() }).parse(JSON.parse(body)).n);
};
const send = (site: SiteName, n: number): Promise<unknown> =>
  ask(site, "send-ps", "SendMessage", {
    MessageBody: '{"key":"k0"}',
    MessageAttributes: { "isthmus-id": { DataType: "String", StringValue: `/cells send-ps-${n}` } },
  });
const put = async (site: SiteName, n: number): Promise<void> => {
  const Detail = JSON.stringify({ id: `send-ps-${n}`, data: { key: "k0" } });
  const entry = { EventBusName: busArn("ps", site), Source: "/cells", DetailType: "send-ps.asked", Detail };
  await json(at(site), "events", "1.1", "AWSEvents.PutEvents", { Entries: [entry] });
};

test.each([
  ["queue", bySqs, send],
  ["bus", byEventBridge, put],
] as const)("what comes twice by a %s has one effect, known at the other site too", async (_, by, sendTo) => {
  await open(by, "send");
  await sendTo("a", 7);
  await isSaid("effect 7 a.east");
  await sendTo("a", 7);
  await isSaid("effect 7 a.east", "again 7 a.east");
  await vi.waitFor(async () => {
    await sendTo("b", 7);
    expect(said()).toContain("again 7 b.east");
  }, patience);
});

test.each([
  ["queue", bySqs, send],
  ["bus", byEventBridge, put],
] as const)(
  "a site that is lost forgets what it had not replicated of its %s, and takes it again",
  async (_, by, sendTo) => {
    await open(by, "send");
    await sendTo("a", 7);
    await isSaid("effect 7 a.east");
    await partner.stopSite("a", true);
    await isSaid("effect 7 a.east", "lost 7 a");
    await expect(sendTo("a", 8)).rejects.toThrow("silent");
    await partner.startSite("a");
    await sendTo("a", 7);
    await isSaid("effect 7 a.east", "lost 7 a", "effect 7 a.east");
  },
);

test("a slow site takes what it is sent before it answers", async () => {
  await open(bySqs, "send");
  partner.slowSite("a", 60_000);
  const answered = send("a", 7).then(
    () => "answered",
    () => "cut",
  );
  await isSaid("effect 7 a.east");
  await partner.stopSite("a", false);
  expect(await answered).toBe("cut");
});

test("an item lies at one site until that is stopped; then the other has it again, and goes on", async () => {
  await open(bySqs, "poll");
  partner.make("poll", item(1));
  await isSaid("given 1 a", "acknowledged 1 a");
  expect(await polled("a")).toEqual([1]);
  expect(await polled("b")).toEqual([]);
  await vi.waitFor(
    async () => {
      await partner.stopSite("a", false);
      await partner.startSite("a");
      expect(await polled("b")).toContain(1);
      // What a site that comes back has kept is replicated a lag later.
    },
    { ...patience, interval: 2 * lagMs },
  );
  await partner.stopSite("a", false);
  partner.make("poll", item(2));
  await vi.waitFor(() => expect(said()).toContain("acknowledged 2 b"), patience);
  await partner.startSite("a");
  expect(await polled("a")).toEqual([1]);
  expect(new Set(await polled("b"))).toEqual(new Set([1, 2]));
});

test("an item that its site had not replicated is void when the site is lost, with all that lay in its queue", async () => {
  await open(bySqs, "poll");
  partner.make("poll", item(1));
  await isSaid("given 1 a", "acknowledged 1 a");
  await partner.stopSite("a", true);
  await isSaid("given 1 a", "acknowledged 1 a", "void 1 a");
  await partner.startSite("a");
  expect(await polled("a")).toEqual([]);
  expect(await polled("b")).toEqual([]);
});

test.each([
  ["queue", bySqs, (body: unknown) => z.object({ n: z.int() }).parse(body).n],
  [
    "bus",
    byEventBridge,
    (body: unknown) =>
      z.object({ account: z.literal(theirAccount), detail: z.object({ n: z.int() }) }).parse(body).detail.n,
  ],
] as const)(
  "what is given by a %s goes to the region that has a queue of ours, and is acknowledged once",
  async (_, by, numberOf) => {
    const west = { url: cloud.url, region: "us-west-2" };
    await open(by, "receive");
    const queue = await makeQueue(west, `receive-ps-${opened}`);
    partner.make("receive", item(1));
    await isSaid("given 1 us-east-1", "tried 1 us-west-2", "acknowledged 1 us-west-2");
    const taken = await json(west, "sqs", "1.0", "AmazonSQS.ReceiveMessage", { QueueUrl: queue });
    expect(bodies(taken).map((body) => numberOf(JSON.parse(body)))).toEqual([1]);
    await expect.poll(() => partner.isIdle, patience).toBe(true);
  },
);
