import { expect, test } from "vitest";
import type { FeedAnswer, FeedReading } from "../../../core/ports.ts";
import { Unsupported } from "../../unsupported.ts";
import { CursorSeal } from "./cursor.ts";
import { ask, bearer, cursorKey, requestOf, serverOf } from "./testing.ts";

const read = (url: string): FeedReading | string => {
  const asked = ask(serverOf(), requestOf(url));
  return asked.kind === "read" ? asked.reading : JSON.parse(asked.response.body).error;
};
const page: FeedAnswer = { kind: "page", events: [], cursor: { "east.1": 4 }, more: false };
const cursor = new CursorSeal("orders", cursorKey).seal("billing", { "east.1": 4 });

test("a call without parameters reads on where its reader was, a hundred events, without waiting", () => {
  expect(read("/orders")).toEqual({ reader: "billing", cursor: null, limit: 100, waitMs: 0 });
});

test("limit and wait are what the reader asks for, up to their bounds", () => {
  expect(read("/orders?limit=1000&wait=30")).toMatchObject({ limit: 1_000, waitMs: 30_000 });
  for (const limit of ["0", "1001", "-1", "1.5", "many", ""])
    expect(read(`/orders?limit=${limit}`)).toMatch(/^limit: /);
  for (const wait of ["31", "-1", "soon"]) expect(read(`/orders?wait=${wait}`)).toMatch(/^wait: /);
});

test("from=earliest begins before everything; nothing else is a place to begin at", () => {
  expect(read("/orders?from=earliest")).toMatchObject({ cursor: {} });
  expect(read("/orders?from=now")).toMatch(/^from: /);
  expect(read(`/orders?from=earliest&cursor=${cursor}`)).toMatch(/^from: /);
});

test("a misspelt or repeated parameter is refused by its name", () => {
  expect(read(`/orders?curser=${cursor}`)).toMatch(/^"curser": not known/);
  expect(read(`/orders?cursor=${cursor}&cursor=${cursor}`)).toMatch(/^cursor: given more than once/);
});

test("only GET is answered", () => {
  expect(ask(serverOf(), requestOf("/orders", "token", "POST"))).toMatchObject({
    response: { status: 405, headers: { allow: "GET" } },
  });
});

test("what is wrong with a query is told only to whom the feed knows", () => {
  expect(ask(serverOf(), requestOf("/orders?limit=0", "wrong"))).toMatchObject({ response: { status: 401 } });
});

test("a page is a batch of CloudEvents, and its link reads on in the same way", () => {
  const reading: FeedReading = { reader: "billing", cursor: null, limit: 10, waitMs: 20_000 };
  const { headers, body } = serverOf().response(reading, page);
  expect(body).toBe("[]");
  expect(headers).toMatchObject({ "content-type": "application/cloudevents-batch+json", "isthmus-cursor": cursor });
  const [, next = ""] = /^<(.*)>; rel="next"$/.exec(headers.link ?? "") ?? [];
  expect(next).toMatch(/^\/orders\?/);
  expect(read(next)).toEqual({ ...reading, cursor: { "east.1": 4 } });
});

test("a reader behind what is kept is told the url that resumes", () => {
  const reading: FeedReading = { reader: "billing", cursor: { "east.1": 1 }, limit: 100, waitMs: 0 };
  const { status, body } = serverOf().response(reading, { kind: "gone", earliest: { "east.1": 9 } });
  expect(status).toBe(410);
  expect(read(JSON.parse(body).resume)).toMatchObject({ cursor: { "east.1": 9 } });
});

test("whoever asks for the earliest gets the earliest that is kept, and no error", () => {
  const reading: FeedReading = { reader: "billing", cursor: {}, limit: 100, waitMs: 0 };
  const { status, body, headers } = serverOf().response(reading, { kind: "gone", earliest: { "east.1": 9 } });
  expect([status, body]).toEqual([200, "[]"]);
  expect(read(`/orders?cursor=${headers["isthmus-cursor"]}`)).toMatchObject({ cursor: { "east.1": 9 } });
});

test("an altered vector is not read, even where it says the same", () => {
  const [text = "", signature = ""] = cursor.split(".");
  const altered = Buffer.from(Buffer.from(text, "base64url").toString().replace("4", "9")).toString("base64url");
  expect(read(`/orders?cursor=${altered}.${signature}`)).toMatch(/^cursor: not one of ours/);
  expect(read(`/orders?cursor=${text}=.${signature}`)).toMatch(/^cursor: not one of ours/);
  expect(read(`/orders?cursor=${text}.${signature}=`)).toMatch(/^cursor: not one of ours/);
});

test("readers that no proof tells apart are refused when the feed is deployed", () => {
  const build = (readers: Parameters<typeof serverOf>[1]) => () => serverOf({}, readers);
  expect(build({})).toThrow(Unsupported);
  expect(build({ billing: bearer("one"), audit: bearer("one") })).toThrow(/via\.readers\.audit: the same proof/);
  expect(build({ billing: { scheme: "stripe", key: { secret: "k" } } })).toThrow(/via\.readers\.billing: stripe signs/);
  expect(build({ billing: { scheme: "mtls", ca: "", subjects: [] } })).toThrow(/via\.readers\.billing: mtls/);
});

test("a key that is too short signs nothing", () => {
  expect(() => new CursorSeal("orders", new Uint8Array(31))).toThrow(/at least 32/);
});
