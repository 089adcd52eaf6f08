import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import * as z from "zod";
import { fixtureCase, fixtureCases, fixtureFolder, type ProofClaim, runFixtures, updateFixture } from "./fixtures.ts";
import { defineConnector, definePartner, githubWebhook, http, secret } from "./index.ts";
import { resolveDefinition } from "./resolve.ts";

const partner = definePartner({ name: "p", location: "internet", url: "https://p.example" });
const events = { "thing.made": z.object({ thing: z.string() }) };
const message = z.object({ things: z.array(z.string()) });
type Body = z.output<typeof message>;
const receiving = (translate: (body: Body, headers: object) => string) =>
  resolveDefinition(
    "in",
    defineConnector({
      partner,
      via: http.receive(githubWebhook(secret("k"))),
      message,
      events,
      translate: ({ body, headers }) => [{ part: "a", type: "thing.made", data: { thing: translate(body, headers) } }],
    }),
    { settings: {} },
  );
const plain = receiving(({ things }) => things.join());
const sending = resolveDefinition(
  "out",
  defineConnector({
    partner,
    via: http.send(),
    events,
    idempotency: "event-id",
    translate: ({ data }, { site }) => ({ path: `/${site}/${data.thing}` }),
  }),
  { settings: {} },
);
const polled = resolveDefinition(
  "polled",
  defineConnector({
    partner,
    via: http.poll({ path: "/things", every: "1m", cursor: { kind: "link" }, acrossSites: "exact" }),
    message,
    events,
    id: ({ body }) => body.things.join("-"),
    translate: ({ body }) => ({ type: "thing.made", data: { thing: body.things.join() } }),
  }),
  { settings: {} },
);
const reconciled = resolveDefinition(
  "reconciled",
  defineConnector({
    partner,
    via: http.receive({ verify: githubWebhook(secret("k")).verify }),
    message,
    events,
    id: ({ body }) => body.things.join("-"),
    translate: ({ body }) => ({ type: "thing.made", data: { thing: body.things.join() } }),
    reconcile: {
      when: "1h",
      via: http.poll({ path: "/things", every: "1m", cursor: { kind: "link" }, acrossSites: "exact" }),
      adapt: (item) => ({ things: String(item).split(" ") }),
    },
  }),
  { settings: {} },
);
const readers = { one: { scheme: "bearer", token: secret("k") } } as const;
const feeding = (translate: (thing: string) => { type?: string; data: unknown } | null) =>
  resolveDefinition(
    "feed",
    defineConnector({
      partner,
      via: http.feed({ readers, retention: "7d" }),
      events,
      translate: ({ data }) => translate(data.thing),
    }),
    { settings: {} },
  );
const input = { headers: { "X-GitHub-Delivery": "d1" }, body: { things: ["x", "y"] } };
const made = (thing: string) => [{ id: "d1/a", type: "thing.made", data: { thing } }];
const event = {
  specversion: "1.0",
  id: "1",
  source: "s",
  type: "thing.made",
  time: "2026-11-23T12:00:00Z",
  data: { thing: "t" },
};

let folder: string;
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "fixtures-")), "in");
  mkdirSync(folder);
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true }));
const write = (name: string, content: unknown) => writeFileSync(join(folder, name), JSON.stringify(content));
const proved = () => true;
const run = (connector = plain, prove = proved as (claim: ProofClaim) => boolean) =>
  runFixtures(folder, connector, prove);

test("cases stand in the folder that has the definition's name, each input beside its output", () => {
  expect(fixtureFolder("partners/p/in.ts")).toBe("partners/p/in");
  write("b.message.json", input);
  write("a.message.json", input);
  write("a.events.json", []);
  expect(fixtureCases(folder).map(({ name }) => name)).toEqual(["a", "b"]);
  expect(fixtureCase("partners/p/in/a.events.json")).toBeNull();
  expect(fixtureCases(join(folder, "none"))).toEqual([]);
});

test("a message that makes what is expected passes", () => {
  write("a.message.json", input);
  write("a.events.json", made("x,y"));
  expect(run()).toEqual([{ name: "a", kind: "passed", output: made("x,y") }]);
});

test("an event that makes what is expected passes, at the primary site", () => {
  write("a.event.json", event);
  write("a.request.json", { path: "/main/t" });
  expect(run(sending)).toMatchObject([{ kind: "passed" }]);
});

test("an item that was polled makes what is expected without headers", () => {
  write("a.message.json", { body: { things: ["x", "y"] } });
  write("a.events.json", [{ id: "x-y", type: "thing.made", data: { thing: "x,y" } }]);
  expect(run(polled)).toMatchObject([{ kind: "passed" }]);
});

test("an item of a reconcile poll is made into a message first", () => {
  write("a.message.json", { item: "x y" });
  write("a.events.json", [{ id: "x-y", type: "thing.made", data: { thing: "x,y" } }]);
  expect(run(reconciled)).toMatchObject([{ kind: "passed" }]);
});

test("an event passes that offers readers what is expected", () => {
  write("a.event.json", event);
  write("a.feed.json", { type: "thing.made", data: "T" });
  expect(run(feeding((thing) => ({ data: thing.toUpperCase() })))).toMatchObject([{ kind: "passed" }]);
});

test("an event that readers do not get is null", () => {
  write("a.event.json", event);
  write("a.feed.json", null);
  expect(run(feeding(() => null))).toMatchObject([{ kind: "passed" }]);
});

test("what readers get is written on demand, and not twice the same fails", () => {
  write("a.event.json", event);
  const [fixture] = fixtureCases(folder);
  if (fixture)
    updateFixture(
      fixture,
      feeding((thing) => ({ type: "t", data: thing })),
      proved,
    );
  expect(JSON.parse(readFileSync(join(folder, "a.feed.json"), "utf8"))).toEqual({ type: "t", data: "t" });
  expect(run(feeding(() => ({ data: Math.random() })))).toMatchObject([
    { kind: "failed", reason: expect.stringContaining("two runs") },
  ]);
});

test.each<[string, typeof polled, string, unknown, RegExp]>([
  ["proves itself although it was read", polled, "a.message.json", { ...input, secrets: {} }, /nothing to prove/],
  ["is an item of no reconcile poll", polled, "a.message.json", { item: "x" }, /the connector has none/],
  ["is an event for a poll", polled, "a.event.json", event, /poll connector has no fixture of the kind 'event'/],
  [
    "is a message for a feed",
    feeding(() => null),
    "a.message.json",
    input,
    /feed connector has no fixture of the kind 'message'/,
  ],
])("a case fails that %s", (_, connector, name, content, reason) => {
  write(name, content);
  expect(run(connector)).toMatchObject([{ kind: "failed", reason: expect.stringMatching(reason) }]);
});

test("another output fails, and shows both", () => {
  write("a.message.json", input);
  write("a.events.json", made("z"));
  expect(run()).toMatchObject([{ kind: "failed", reason: expect.stringMatching(/expected .*"z".*got .*"x,y"/) }]);
});

test("what is not expected yet is told, and written on demand", () => {
  write("a.message.json", input);
  const [fixture] = fixtureCases(folder);
  expect(run()).toMatchObject([{ kind: "unwritten" }]);
  if (fixture) updateFixture(fixture, plain, proved);
  expect(JSON.parse(readFileSync(join(folder, "a.events.json"), "utf8"))).toEqual(made("x,y"));
  expect(run()).toMatchObject([{ kind: "passed" }]);
});

describe("a translation fails that", () => {
  let count = 0;
  test.each<[string, (body: Body, headers: object) => string, RegExp]>([
    ["counts its runs", () => String(count++), /two runs/],
    ["reads the clock", () => String(Date.now()), /two runs/],
    ["makes a date of now", () => new Date().toISOString(), /two runs/],
    ["throws dice", () => String(Math.random()), /two runs/],
    ["changes its input", (_, headers) => String(Object.assign(headers, { seen: "1" })), /changes its input/],
    [
      "throws",
      () => {
        throw new Error("no such thing");
      },
      /no such thing/,
    ],
  ])("%s", (_, translate, reason) => {
    write("a.message.json", input);
    expect(run(receiving(translate))).toMatchObject([{ kind: "failed", reason: expect.stringMatching(reason) }]);
  });
});

test("the clock stands as before after a run", () => {
  const before = globalThis.Date;
  write("a.message.json", input);
  run(
    receiving(() => {
      throw new Error("in the middle");
    }),
  );
  expect(globalThis.Date).toBe(before);
});

test.each<[string, string, unknown, RegExp]>([
  ["that is not valid", "a.message.json", { ...input, body: { things: 1 } }, /message: things/],
  ["without identity", "a.message.json", { ...input, headers: {} }, /no identity at header x-github-delivery/],
  ["with an unknown field", "a.message.json", { ...input, sites: "a" }, /a\.message\.json: .*sites/],
  ["of the other direction", "a.event.json", event, /no fixture of the kind 'event'/],
])("a message %s fails and says why", (_, name, content, reason) => {
  write(name, content);
  expect(run()).toMatchObject([{ kind: "failed", reason: expect.stringMatching(reason) }]);
});

describe("a message with secrets", () => {
  const secrets = { k: "value" };
  test("must prove itself, over its raw text", () => {
    const claims: ProofClaim[] = [];
    const raw = '{ "things": ["x"] }';
    write("a.message.json", { ...input, body: undefined, raw, secrets });
    write("a.events.json", made("x"));
    expect(run(plain, (claim) => claims.push(claim) > 0)).toMatchObject([{ kind: "passed" }]);
    expect(claims).toMatchObject([{ raw, secrets, verify: [{ scheme: "hmac" }] }]);
  });
  test("fails where it does not", () => {
    write("a.message.json", { ...input, secrets });
    expect(run(plain, () => false)).toMatchObject([
      { kind: "failed", reason: expect.stringContaining("does not prove itself") },
    ]);
  });
});
