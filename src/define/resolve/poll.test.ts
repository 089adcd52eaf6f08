// What the gateway reads of a connector that polls, and of a receiver with a reconcile poll.
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { type Cursor, defineConnector, definePartner, http, secret } from "../index.ts";
import { leases } from "../policy.ts";
import { resolveDefinition } from "../resolve.ts";
import { readings } from "../samples/five.ts";
import type { IngressFunctions, ResolvedConnector } from "../spec.ts";

const partner = definePartner({ name: "p", location: "internet", url: "https://p.example" });
const message = z.object({ id: z.string() });
const events = { "thing.made": z.object({ thing: z.string() }) };
const common = {
  partner,
  message,
  events,
  id: ({ body }: { body: { id: string } }) => body.id,
  translate: ({ body }: { body: { id: string } }) => ({ type: "thing.made", data: { thing: body.id } }) as const,
};
const since = { kind: "since", query: "since", field: "/at", overlap: "2m" } as const;
const polling = (cursor: Cursor) => http.poll({ path: "/v1/things", every: "1m", cursor, acrossSites: "rewind" });
const polled = (cursor: Cursor, change: object = {}) =>
  resolveDefinition("c", defineConnector({ ...common, via: polling(cursor), ...change }), { settings: {} });

const ingress = ({ functions }: ResolvedConnector): IngressFunctions => {
  if (functions.direction !== "ingress") throw new Error("not an ingress connector");
  return functions;
};

describe("the spec of a poll", () => {
  test("has every default", () => {
    const { spec } = polled(since);
    expect(spec).toMatchObject({
      role: "poll",
      options: { path: "/v1/things", everyMs: 60_000, items: null, acrossSites: "rewind" },
      startFrom: "now",
      lookbackMs: 60_000,
      requestTimeoutMs: leases.local.requestTimeoutMs,
      has: { message: true, translate: true, id: true, sequence: false },
    });
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
  });

  test("has what is stated", () => {
    const change = { startFrom: { time: "2026-01-01T00:00:00Z" }, lookback: "10s", durability: "replicated" };
    expect(polled(since, change).spec).toMatchObject({
      startFrom: { time: "2026-01-01T00:00:00Z" },
      lookbackMs: 10_000,
      durability: "replicated",
    });
  });

  const custom = { kind: "custom", request: () => ({}), next: () => null } as const;
  test.each<[Cursor, object]>([
    [
      { kind: "token", query: "page", next: "/next" },
      { kind: "token", query: "page", next: "/next" },
    ],
    [{ kind: "link" }, { kind: "link" }],
    [{ kind: "http-feed" }, { kind: "http-feed" }],
    [since, { kind: "since", query: "since", field: "/at", overlapMs: 120_000 }],
    [custom, { kind: "custom" }],
  ])("knows the cursor %o", (cursor, spec) => expect(polled(cursor).spec.options).toMatchObject({ cursor: spec }));

  test("begins where the source does, where the cursor names no time", () => {
    expect(polled({ kind: "link" }).spec.startFrom).toBe("earliest");
  });
});

describe("the spec of a receiver", () => {
  const receiver = (reconcile?: object) => {
    const via = http.receive({ verify: { scheme: "bearer", token: secret("t") } });
    const definition = defineConnector({ ...common, via, ...reconcile });
    return resolveDefinition("c", definition, { settings: {} });
  };

  test("reads nothing where no reconcile poll is stated", () => {
    expect(receiver().spec).toMatchObject({ role: "receive", reconcile: null });
  });

  test("has the reconcile poll of the fifth definition, with all secrets of both ways", () => {
    expect(resolveDefinition("c", readings, { settings: {} }).spec).toMatchObject({
      reconcile: {
        options: {
          path: "/v1/readings",
          everyMs: 60_000,
          items: "/readings",
          acrossSites: "rewind",
          cursor: { kind: "since", query: "since", field: "/at", overlapMs: 120_000 },
        },
        when: { kind: "gap" },
      },
      secrets: ["sensors-hmac", "sensors-token"],
    });
  });

  test("polls by the clock", () => {
    expect(receiver({ reconcile: { when: "1h", via: polling(since) } }).spec).toMatchObject({
      reconcile: { when: { kind: "every", everyMs: 3_600_000 } },
    });
  });

  test("makes messages of items, and cursors by code", () => {
    const cursor: Cursor = { kind: "custom", request: (at) => ({ path: `/${at}` }), next: () => "2" };
    const adapt = (item: unknown) => ({ id: String(item) });
    const functions = ingress(receiver({ reconcile: { when: "1h", via: polling(cursor), adapt } }));
    expect(functions.adapt?.(7)).toEqual({ id: "7" });
    expect(functions.cursor?.request("1")).toEqual({ method: "GET", path: "/1" });
  });

  test.each([
    ["a promise", Promise.resolve({}), "promise"],
    ["nothing", undefined, "is missing"],
  ])("refuses %s as a message", (_, made, says) => {
    const functions = ingress(receiver({ reconcile: { when: "1h", via: polling(since), adapt: () => made } }));
    expect(() => functions.adapt?.(7)).toThrow(
      expect.objectContaining({ code: "result-invalid", message: expect.stringMatching(`reconcile.adapt.*${says}`) }),
    );
  });
});

describe("the functions of a poll", () => {
  const custom = (request: unknown, next: unknown): IngressFunctions["cursor"] =>
    ingress(polled({ kind: "custom", request: () => request, next: () => next } as never)).cursor;
  const answer = { status: 200, headers: {}, body: null };

  test("have none for a cursor that the driver knows", () => {
    const { cursor, adapt } = ingress(polled(since));
    expect([cursor, adapt]).toEqual([null, null]);
  });

  test("ask by GET where nothing else is said", () => {
    expect(custom({ path: "/a" }, null)?.request(null)).toEqual({ method: "GET", path: "/a" });
    expect(custom({ path: "/a", method: "POST" }, null)?.request(null)).toEqual({ method: "POST", path: "/a" });
  });

  test.each([
    ["where to go on", "2", "2"],
    ["that it stays", null, null],
  ])("tell %s", (_, given, told) => expect(custom({}, given)?.next(answer)).toBe(told));

  test.each([
    ["a promise of a request", Promise.resolve({}), null, "cursor.request"],
    ["a field that no request has", { url: "/a" }, null, "cursor.request"],
    ["a number as a cursor", {}, 2, "cursor.next"],
    ["no cursor at all", {}, undefined, "cursor.next"],
    ["an empty cursor", {}, "", "cursor.next"],
  ])("refuse %s", (_, request, next, says) => {
    const functions = custom(request, next);
    expect(() => [functions?.request(null), functions?.next(answer)]).toThrow(
      expect.objectContaining({ code: "result-invalid", message: expect.stringContaining(says) }),
    );
  });

  test("translate an item as a message", () => {
    const { translate } = ingress(polled(since));
    const item = { body: { id: "1" }, headers: {}, site: "main", receivedAt: "2026-11-23T12:00:00Z" };
    expect(translate(item, { fetched: null })).toEqual([{ type: "thing.made", data: { thing: "1" } }]);
    expect(() => translate({ ...item, body: {} }, { fetched: null })).toThrow("message: id");
  });
});
