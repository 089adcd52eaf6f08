import { expect, test } from "vitest";
import * as z from "zod";
import type { Checking } from "../check.ts";
import { defineConnector, definePartner, http, secret, type Verification } from "../index.ts";
import { activePartner, problemLines, standbyPartner } from "./testing.ts";

const events = { "thing.made": z.object({ thing: z.string() }) };
const partner = definePartner({ name: "p", location: "internet" });
const bearer = (name: string): Verification => ({ scheme: "bearer", token: secret(name) });
const jwt = (claims?: Record<string, string>): Verification => ({
  scheme: "jwt",
  issuer: "https://login.p.example",
  audience: "us",
  ...(claims && { claims }),
});
const reading = (readers: Record<string, Verification>, retention: "1m" | "7d" = "7d") =>
  http.feed({ readers, retention });
const feed = defineConnector({ partner, via: reading({ one: bearer("one") }), events });
const of = (readers: Record<string, Verification>) => ({ ...feed, via: reading(readers) });

const hmac = {
  scheme: "hmac",
  key: secret("k"),
  header: "x-s",
  algorithm: "sha256",
  encoding: "hex",
  content: ["body"],
} as const;

const refused: readonly (readonly [what: string, definition: object, line: string, checking?: Partial<Checking>])[] = [
  ["a feed that nobody reads", of({}), "via.readers: names no reader: nobody could read"],
  [
    "a reader whose name cannot stand in a cursor",
    of({ "Reader 1": bearer("one") }),
    "via.readers.Reader 1: must be lower-case letters, digits and '-', and begin with a letter",
  ],
  [
    "a reader named as what every object has",
    of({ constructor: bearer("one") }),
    "via.readers.constructor: is a name that every object has: take another",
  ],
  [
    "a proof over a body",
    of({ one: hmac }),
    'via.readers.one: the scheme "hmac" signs a body, and a call that reads has none: use "bearer" or "jwt"',
  ],
  [
    "a proof of Standard Webhooks",
    of({ one: { scheme: "standard-webhooks", key: secret("k") } }),
    'via.readers.one: the scheme "standard-webhooks" signs a body',
  ],
  ["a proof of Stripe's", of({ one: { scheme: "stripe", key: secret("k") } }), 'the scheme "stripe" signs a body'],
  [
    "a proof that is not built",
    of({ one: { scheme: "mtls", ca: "ca", subjects: ["CN=one"] } }),
    'via.readers: the scheme "mtls" (nothing tells the gateway the certificate of a call): not built in this version',
  ],
  [
    "two readers with one secret",
    of({ one: bearer("same"), two: bearer("same") }),
    "via.readers.two: nothing tells it from 'one': give it a secret of its own",
  ],
  [
    "two readers of one issuer",
    of({ one: jwt(), two: jwt({ team: "claims" }) }),
    "via.readers.two: nothing tells it from 'one': give both a claim whose values differ",
  ],
  [
    "two sites that read as one",
    { ...feed, partner: activePartner("1m") },
    "via.readers: names 1 for 2 sites that read at the same time: what one site has read would count as read by the other: give each site a reader of its own",
  ],
  [
    "a retention that their failover outlasts",
    { ...feed, partner: standbyPartner("1m"), via: reading({ one: bearer("one") }, "1m") },
    "via.retention: 1m is shorter than failoverAfter + recoveryPoint + takeover (3710s): what their failover loses could not be read again",
  ],
  [
    "two retentions",
    { ...feed, retention: { settled: "7d" } },
    "retention.settled: has no effect on a feed: via.retention says how long an event stays",
  ],
  [
    "order by key over a hub without order",
    { ...feed, ordering: "key" },
    'ordering: the hub on aws has no order of its own, so that "key" cannot be kept for a feed: say ordering: "none"',
    { platform: "aws" },
  ],
  ["a secret that is missing", feed, "secrets: secret 'one' is missing", { secrets: [] }],
];
test.each(refused.map(([what, definition, line, checking = {}]) => [what, definition, line, checking] as const))(
  "%s: refused",
  (_, definition, line, checking) => {
    expect(problemLines(definition, checking)).toContainEqual(expect.stringContaining(line));
  },
);

test.each<[string, object, Partial<Checking>?]>([
  ["one reader", feed],
  ["two readers of one issuer, told apart by a claim", of({ one: jwt({ team: "a" }), two: jwt({ team: "b" }) })],
  ["a reader for each site", { ...of({ a: bearer("a"), b: bearer("b") }), partner: activePartner("1m") }],
  ["one reader of a standby pair: whichever site is up", { ...feed, partner: standbyPartner("1m") }],
  [
    "only the readers' secrets: nobody is called",
    { ...feed, partner: { ...partner, auth: { kind: "bearer", token: secret("api") } } },
    { secrets: ["one"] },
  ],
])("%s: accepted", (_, definition, checking) => expect(problemLines(definition, checking)).toEqual([]));
