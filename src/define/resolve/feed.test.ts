// What the gateway reads of a feed: who may read, for how long an event stays, and what readers get of it.
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { defineConnector, definePartner, http, secret, setting } from "../index.ts";
import { resolveDefinition } from "../resolve.ts";
import type { FeedFunctions } from "../spec.ts";

const partner = definePartner({
  name: "p",
  location: "internet",
  url: setting("p-url"),
  auth: { kind: "bearer", token: secret("api") },
});
const via = http.feed({
  readers: {
    claims: { scheme: "bearer", token: secret("claims") },
    sales: { scheme: "jwt", issuer: setting("issuer"), audience: "us" },
  },
  retention: "30d",
});
const events = { "thing.made": z.object({ thing: z.string(), size: z.number().default(1) }) };
const settings = { issuer: "https://login.p.example" };
const resolved = (change: object = {}) =>
  resolveDefinition("c", defineConnector({ partner, via, events, ...change }), { settings });
const functions = (change: object = {}): FeedFunctions => {
  const { functions } = resolved(change);
  if (functions.direction !== "feed") throw new Error("not a feed");
  return functions;
};
const event = { type: "thing.made", id: "1", source: "s", time: "2026-11-23T12:00:00Z", data: { thing: "t" } };

describe("the spec of a feed", () => {
  test("names its readers, and no secret or setting but theirs", () => {
    const { spec } = resolved();
    expect(spec).toMatchObject({
      role: "feed",
      options: {
        readers: {
          claims: { scheme: "bearer", token: { secret: "claims" } },
          sales: { scheme: "jwt", issuer: "https://login.p.example", audience: "us", claims: {} },
        },
        retentionMs: 30 * 86_400_000,
      },
      eventTypes: ["thing.made"],
      startFrom: "now",
      secrets: ["claims"],
      settings: ["issuer"],
    });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });

  test("keeps what every reader has read for as long as the feed says", () => {
    expect(resolved().spec.retention.settledMs).toBe(30 * 86_400_000);
  });

  test("has what is stated", () => {
    expect(resolved({ startFrom: "earliest", ordering: "key" }).spec).toMatchObject({
      startFrom: "earliest",
      ordering: "key",
      onFault: "block-key",
    });
  });

  test("refuses what only senders have", () => {
    expect(() => resolved({ partitionkey: () => "k" })).toThrow("'partitionkey' does not exist");
  });
});

describe("readers get", () => {
  test("the event as its schema makes it, where nothing is translated", () => {
    expect(functions().translate(event)).toEqual({ type: "thing.made", data: { thing: "t", size: 1 } });
  });

  test("what the translation makes of it", () => {
    const translate = ({ data }: { data: { size: number } }) => ({ type: "com.acme.thing.v1", data: data.size });
    expect(functions({ translate }).translate(event)).toEqual({ type: "com.acme.thing.v1", data: 1 });
    expect(functions({ translate: () => ({ data: null }) }).translate(event)).toEqual({
      type: "thing.made",
      data: null,
    });
  });

  test("nothing of what is ignored", () => {
    expect(functions({ translate: () => null }).translate(event)).toBeNull();
  });

  test.each<[string, unknown, string]>([
    ["a promise", Promise.resolve(null), "promise"],
    ["nothing at all", undefined, "translate"],
    ["no data", { type: "t" }, "data: is missing"],
    ["an empty type", { type: "", data: 1 }, "type"],
    ["an unknown field", { data: 1, subject: "s" }, "subject"],
  ])("no %s", (_, made, says) => {
    expect(() => functions({ translate: () => made }).translate(event)).toThrow(
      expect.objectContaining({ code: "translation-invalid", message: expect.stringContaining(says) }),
    );
  });

  test.each<[string, object, string]>([
    ["does not fit its schema", { ...event, data: { thing: 1 } }, "thing"],
    ["is not subscribed", { ...event, type: "other" }, "not subscribed"],
  ])("no event that %s", (_, given, says) => {
    expect(() => functions().translate(given as typeof event)).toThrow(
      expect.objectContaining({ code: "event-invalid", message: expect.stringContaining(says) }),
    );
  });
});
