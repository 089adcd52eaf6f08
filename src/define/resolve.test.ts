import { describe, expect, test } from "vitest";
import * as z from "zod";
import { defineConnector, definePartner, githubWebhook, http, secret, setting } from "./index.ts";
import { leases } from "./policy.ts";
import { DefinitionError } from "./problem.ts";
import { resolveDefinition } from "./resolve.ts";
import { refunds } from "./samples/five.ts";
import github from "./samples/github.ts";
import type { EgressFunctions, IngressFunctions, ResolvedConnector } from "./spec.ts";

const both = definePartner({
  name: "both",
  location: "internet",
  auth: { kind: "bearer", token: secret("token") },
  sites: {
    a: { url: setting("url-a") },
    b: { url: "https://b.example", auth: { kind: "basic", user: setting("user"), password: secret("password") } },
  },
  topology: {
    mode: "primary-secondary",
    primary: "a",
    secondary: "b",
    failback: { stableFor: "10m" },
    recoveryPoint: "30s",
  },
});
const events = { "thing.made": z.object({ thing: z.string(), size: z.number().default(1) }) };
const message = z.object({ id: z.string(), kind: z.string().optional() }).loose();
const settings = { "url-a": "https://a.example", user: "acme" };

const receiver = defineConnector({
  partner: both,
  via: http.receive(githubWebhook(secret("hook"))),
  message,
  events,
  translate: ({ body }) => (body.kind === "skip" ? null : { type: "thing.made", data: { thing: body.id } }),
});
const sender = defineConnector({
  partner: both,
  via: http.send({ timeout: "2s", sign: { scheme: "standard-webhooks", key: secret("signing") } }),
  events,
  ordering: "key",
  idempotency: { header: "Idempotency-Key", remembers: "24h", across: "sites" },
  translate: ({ data }, { site }) => ({ path: `/${site}`, body: data }),
});

const ingress = ({ functions }: ResolvedConnector): IngressFunctions => {
  if (functions.direction !== "ingress") throw new Error("not an ingress connector");
  return functions;
};
const egress = ({ functions }: ResolvedConnector): EgressFunctions => {
  if (functions.direction !== "egress") throw new Error("not an egress connector");
  return functions;
};
const given = (body: unknown) => ({ body, headers: {}, site: "a", receivedAt: "2026-11-23T12:00:00Z" });
const event = { type: "thing.made", id: "1", source: "s", time: "2026-11-23T12:00:00Z", data: { thing: "t" } };

describe("the spec", () => {
  test("says for how long a missing number is waited for", () => {
    const numbered = { ...sender, sequence: () => ({ of: "k", number: 1 }) };
    const patient = { ...numbered, gapAfter: "2m" };
    const waits = [numbered, patient].map((each) => resolveDefinition("c", each, { settings }).spec.gapAfterMs);
    expect(waits).toEqual([30_000, 120_000]);
  });

  test("is plain JSON", () => {
    for (const [definition, texts] of [
      [receiver, {}],
      [sender, settings],
      [github, {}],
      [refunds, {}],
    ] as const) {
      const { spec } = resolveDefinition("c", definition, { settings: texts });
      expect(JSON.parse(JSON.stringify(spec))).toEqual(spec);
    }
  });

  test("has every default of the API", () => {
    expect(resolveDefinition("github-pushes", github, { settings: {} }).spec).toMatchObject({
      name: "github-pushes",
      durability: "regional",
      whenAlone: "refuse",
      onInvalid: "fault",
      onConflict: "keep",
      dedupeWindowMs: 7 * 86_400_000,
      requestTimeoutMs: 5_000,
      options: { limitBytes: 1_000_000, answer: { status: 202, body: "" } },
      partner: { sites: { main: {} }, topology: { mode: "primary-secondary", primary: "main", secondary: null } },
    });
  });

  test("follows the platform's lease where no timeout is stated", () => {
    const resolving = { settings: {}, lease: leases.aws };
    expect(resolveDefinition("c", github, resolving).spec.requestTimeoutMs).toBe(10_000);
    expect(resolveDefinition("c", refunds, resolving).spec.requestTimeoutMs).toBe(5_000);
  });

  test("completes each site from the partner's top level", () => {
    expect(resolveDefinition("c", sender, { settings }).spec.partner).toMatchObject({
      sites: {
        a: { url: "https://a.example", auth: { kind: "bearer", token: { secret: "token" } } },
        b: { url: "https://b.example", auth: { kind: "basic", user: "acme", password: { secret: "password" } } },
      },
      topology: { failoverAfterMs: 3_600_000, failback: { kind: "stable", forMs: 600_000 }, recoveryPointMs: 30_000 },
    });
  });

  test("names only what the role uses", () => {
    const received = resolveDefinition("c", receiver, { settings: {} }).spec;
    expect([received.secrets, received.settings]).toEqual([["hook"], []]);
    const sent = resolveDefinition("c", sender, { settings }).spec;
    expect([sent.secrets, sent.settings]).toEqual([
      ["password", "signing", "token"],
      ["url-a", "user"],
    ]);
  });

  test.each([
    ["ordered", "key", "block-key"],
    ["latest", "latest", "continue"],
    ["not ordered", "none", "continue"],
  ] as const)("%s: a fault means %s", (_, ordering, onFault) => {
    const definition = defineConnector({
      partner: definePartner({ name: "p", location: "internet" }),
      via: http.send(),
      events,
      ordering,
      idempotency: "natural",
    });
    expect(resolveDefinition("c", definition, { settings: {} }).spec.onFault).toBe(onFault);
  });

  test("takes a failover by hand as never", () => {
    const partner = definePartner({
      name: "p",
      location: "internet",
      sites: { a: {}, b: {} },
      topology: {
        mode: "primary-secondary",
        primary: "a",
        secondary: "b",
        failoverAfter: "never",
        failback: "manual",
        recoveryPoint: "0s",
      },
    });
    const definition = defineConnector({ partner, via: http.send(), events, idempotency: "natural" });
    expect(resolveDefinition("c", definition, { settings: {} }).spec.partner.topology).toMatchObject({
      failoverAfterMs: null,
    });
  });
});

describe("what cannot be resolved is told all at once", () => {
  const refusal = (definition: object, texts: Record<string, string> = settings): string => {
    try {
      resolveDefinition("c", definition as typeof sender, { settings: texts });
    } catch (error) {
      if (error instanceof DefinitionError) return error.message;
      throw error;
    }
    return "";
  };
  test.each([
    [
      "a setting that is mistyped",
      sender,
      { "url-b": "https://a.example", user: "u" },
      "partner.sites.a.url: setting 'url-a' is missing. Did you mean 'url-b'?",
    ],
    ["an unknown field", { ...sender, orderin: "key" }, settings, "'orderin' does not exist. Did you mean 'ordering'?"],
    ["a missing field", { ...receiver, translate: undefined }, {}, "translate: must be a function"],
    ["a number for a duration", { ...sender, retry: { first: 5 } }, settings, "retry.first: 5 is not a length of time"],
    ["a field of the other role", { ...receiver, onUnknown: "hold" }, {}, "'onUnknown' does not exist"],
    [
      "a driver that is not built",
      { ...sender, via: { driver: "amqp", role: "send", options: {} } },
      settings,
      "via: 'amqp.send' is not built in this version: there are: http.receive, http.poll, http.send, http.feed, sqs.receive, sqs.poll, sqs.send, event-bridge.receive, event-bridge.send",
    ],
    [
      "a secret in plain text",
      { ...receiver, via: http.receive({ verify: { scheme: "bearer", token: "hunter2" as never }, id: "body:/id" }) },
      {},
      "never write the value itself",
    ],
  ])("%s", (_, definition, texts, line) => expect(refusal(definition, texts)).toContain(line));
});

describe("the functions", () => {
  test("parse what goes in and give what the schema makes", () => {
    const { translate, parse } = ingress(resolveDefinition("c", receiver, { settings: {} }));
    expect(translate(given({ id: "1" }), { fetched: null })).toEqual([
      { type: "thing.made", data: { thing: "1", size: 1 } },
    ]);
    expect(translate(given({ id: "1", kind: "skip" }), { fetched: null })).toEqual([]);
    expect(() => parse({ id: 1 })).toThrow(
      expect.objectContaining({ code: "message-invalid", message: expect.stringContaining("id") }),
    );
  });

  test.each<[string, unknown, string]>([
    ["a promise", Promise.resolve(null), "promise"],
    ["an unknown type", { type: "thing.lost", data: {} }, "thing.lost"],
    ["an unknown field", { type: "thing.made", data: { thing: "t" }, key: "k" }, "key"],
    ["several without parts", [{ type: "thing.made", data: { thing: "t" } }], "no part"],
    ["two of one part", [1, 2].map(() => ({ type: "thing.made", part: "a", data: { thing: "t" } })), "part 'a'"],
    ["nothing at all", undefined, "translate"],
  ])("refuse %s as a translation", (_, result, says) => {
    const { translate } = ingress(
      resolveDefinition("c", { ...receiver, translate: () => result } as typeof receiver, { settings: {} }),
    );
    expect(() => translate(given({ id: "1" }), { fetched: null })).toThrow(
      expect.objectContaining({ code: "translation-invalid", message: expect.stringContaining(says) }),
    );
  });

  test("tell data that does not fit apart from a bad translation", () => {
    const translate = () => ({ type: "thing.made", data: { thing: 1 } });
    const functions = ingress(resolveDefinition("c", { ...receiver, translate } as typeof receiver, { settings: {} }));
    expect(() => functions.translate(given({ id: "1" }), { fetched: null })).toThrow(
      expect.objectContaining({ code: "event-invalid" }),
    );
  });

  test("of a sender know the site, the key and what is subscribed", () => {
    const functions = egress(resolveDefinition("c", sender, { settings }));
    expect(functions.translate(event, { site: "b" })).toEqual({ path: "/b", body: { thing: "t", size: 1 } });
    expect(functions.partitionkey({ ...event, partitionkey: "k" })).toBe("k");
    expect(functions.partitionkey(event)).toBeNull();
    expect(() => functions.translate({ ...event, type: "other" }, { site: "a" })).toThrow("not subscribed");
  });

  test("pass an event through where the sender has no translation", () => {
    const plain = (format: "json" | "standard-webhooks") =>
      egress(
        resolveDefinition(
          "c",
          defineConnector({ partner: both, via: http.send({ format }), events, idempotency: "event-id" }),
          { settings },
        ),
      );
    expect(plain("json").translate(event, { site: "a" })).toEqual({ body: { thing: "t", size: 1 } });
    expect(plain("standard-webhooks").translate(event, { site: "a" })).toEqual({
      body: { type: "thing.made", timestamp: event.time, data: { thing: "t", size: 1 } },
    });
  });

  test("ask by GET and answer with true, false or unknown", () => {
    const { lookup } = egress(resolveDefinition("c", refunds, { settings: {} }));
    const approved = {
      ...event,
      type: "refund.approved",
      data: { refund: "r", payment: "p", version: 1, amountMinor: 5 },
    };
    expect(lookup?.request(approved)).toMatchObject({ method: "GET", path: "/v1/refunds" });
    const found = (status: number, refund: string) =>
      lookup?.found({ status, headers: {}, body: { data: [{ metadata: { refund } }] } }, approved);
    expect([found(200, "r"), found(200, "other"), found(500, "r")]).toEqual([true, false, "unknown"]);
  });
});
