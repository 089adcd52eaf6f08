import { expect, test } from "vitest";
import * as z from "zod";
import type { Checking } from "../check.ts";
import { type Cursor, defineConnector, definePartner, githubWebhook, http, secret } from "../index.ts";
import { activePartner, onePartner, problemLines, standbyPartner } from "./testing.ts";

const message = z.object({ id: z.string(), n: z.int() });
const events = { "thing.made": z.object({ thing: z.string() }) };
const since = { kind: "since", query: "since", field: "/at", overlap: "1m" } as const;
const token = { kind: "token", query: "cursor", next: "/next" } as const;
const polling = (cursor: Cursor, change: Partial<Parameters<typeof http.poll>[0]> = {}) =>
  http.poll({ path: "/v1/things", every: "1m", cursor, acrossSites: "rewind", ...change });
const poller = defineConnector({
  partner: onePartner,
  via: polling(since),
  message,
  events,
  id: ({ body }) => body.id,
  translate: ({ body }) => ({ type: "thing.made", data: { thing: body.id } }),
});
const { verify } = githubWebhook(secret("hook"));
const via = http.receive({ verify });
const receiver = {
  ...poller,
  via,
  sequence: ({ body }: { body: z.output<typeof message> }) => ({ of: "all", number: body.n }),
  reconcile: { when: "gap", via: polling(since) },
};
const withReconcile = (change: object) => ({ ...receiver, reconcile: { ...receiver.reconcile, ...change } });

const refused: readonly (readonly [what: string, definition: object, line: string, checking?: Partial<Checking>])[] = [
  [
    "a site without url, polled",
    { ...poller, partner: definePartner({ name: "p", location: "internet" }) },
    "partner.url: is missing: the connector calls this site",
  ],
  [
    "a site without url, of a reconcile poll",
    { ...receiver, partner: definePartner({ name: "p", location: "internet" }) },
    "partner.url: is missing: the connector calls this site",
  ],
  [
    "plain text over the internet",
    { ...poller, partner: { ...onePartner, url: "http://p.example" } },
    "partner.url: is not encrypted: use https",
  ],
  [
    "a client certificate that is never shown",
    {
      ...poller,
      partner: {
        ...onePartner,
        url: "http://p.example",
        auth: { kind: "mtls", certificate: secret("certificate"), key: secret("key") },
      },
    },
    "partner.auth: the kind 'mtls' proves who we are by TLS, and the site's url is not encrypted: use https",
  ],
  [
    "a token endpoint that is not encrypted",
    {
      ...poller,
      partner: {
        ...onePartner,
        auth: { kind: "oauth2", tokenUrl: "http://p.example/token", clientId: "us", client: { secret: secret("s") } },
      },
    },
    "partner.auth.tokenUrl: is not encrypted: use https",
  ],
  [
    "a role on a platform that has none",
    { ...poller, partner: { ...onePartner, region: "us-east-1", auth: { kind: "sigv4", role: "r" } } },
    'partner.auth: authentication of the kind "sigv4" on another platform than aws: not built in this version',
  ],
  [
    "a signature for no region",
    { ...poller, partner: { ...onePartner, auth: { kind: "sigv4", role: "r" } } },
    "partner.auth: the kind 'sigv4' signs for a region, and nothing names it: give the site its 'region'",
  ],
  [
    "an address for a path",
    { ...poller, via: polling(since, { path: "https://q.example/v1" }) },
    "via.path: 'https://q.example/v1' is not a path: it is joined to the site's url",
  ],
  [
    "reading without a pause",
    { ...poller, via: polling(since, { every: "0s" }) },
    "via.every: 0ms is shorter than a site is asked again (100ms)",
  ],
  [
    "reading without a pause, in a reconcile poll",
    withReconcile({ via: polling(since, { every: "10ms" }) }),
    "reconcile.via.every: 10ms is shorter than a site is asked again (100ms)",
  ],
  [
    "a time cursor that does not overlap",
    { ...poller, via: polling({ ...since, overlap: "0s" }) },
    'via.cursor.overlap: is 0: what the site shows late, or with the time of the last item read, would never be read: give a length of time such as "1m"; what is read twice is recognised by its id',
  ],
  [
    "items of an http-feed",
    { ...poller, via: polling({ kind: "http-feed" }, { items: "/items" }) },
    'via.items: has no effect with the cursor "http-feed": its body is the list',
  ],
  [
    "a query parameter that is the cursor's",
    { ...poller, via: polling(token, { path: "/v1?limit=5&cursor=1" }) },
    "via.path: holds the query parameter 'cursor', which is the cursor's",
  ],
  [
    "a start now at a source that names no time",
    { ...poller, via: polling(token), startFrom: "now" },
    'startFrom: the cursor "token" names no time: reading can only start where the source begins: leave it out, or say "earliest"',
  ],
  [
    "a start at a time at a source that names none",
    { ...poller, via: polling({ kind: "link" }), startFrom: { time: "2026-01-01T00:00:00Z" } },
    'startFrom: the cursor "link" names no time',
  ],
  [
    "a dedupe window that a rewind outlasts",
    { ...poller, partner: standbyPartner("72h"), dedupeWindow: "24h" },
    "dedupeWindow: 24h is shorter than lookback + overlap + failoverAfter + recoveryPoint + takeover (262970s): what is read again would be published again",
  ],
  [
    "a dedupe window that a lookback outlasts",
    { ...poller, via: polling(token), lookback: "48h", dedupeWindow: "24h" },
    "dedupeWindow: 24h is shorter than lookback + overlap + failoverAfter + recoveryPoint + takeover (172850s)",
  ],
  ["an item without identity", { ...poller, id: undefined }, "id: is missing: neither 'via' nor a function tells"],
  [
    "a gap without numbers",
    { ...receiver, sequence: undefined },
    "reconcile.when: is \"gap\", but without their numbering no gap is seen: give a 'sequence', or a length of time",
  ],
  [
    "a reconcile poll more often than it reads",
    withReconcile({ when: "10s" }),
    "reconcile.when: is shorter than reconcile.via.every",
  ],
  [
    "an identity that a polled item does not have",
    { ...receiver, via: http.receive(githubWebhook(secret("hook"))) },
    "via.id: stands in a header, which an item that is polled does not have: it would be accepted a second time: name it in the body (\"body:/...\"), or leave it out and give an 'id' function that reads either",
  ],
  [
    "a reconcile poll by a driver that is not built",
    withReconcile({ via: { driver: "amqp", role: "poll", options: {} } }),
    "reconcile.via: 'amqp.poll' is not built in this version",
  ],
  [
    "a reconcile poll that does not poll",
    withReconcile({ via: http.send() }),
    'reconcile.via.role: Invalid input: expected "poll"',
  ],
  [
    "a field that no reconcile poll has",
    withReconcile({ via: polling(since, { item: "/x" } as never) }),
    "reconcile.via: 'item' does not exist. Did you mean 'items'?",
  ],
  [
    "a cursor across sites that nobody stated",
    { ...poller, via: polling(since, { acrossSites: undefined as never }) },
    'via.acrossSites: must say whether a cursor of one site is good at another: "exact", "rewind" or "refuse"',
  ],
  [
    "a cursor of an unknown kind",
    { ...poller, via: polling({ kind: "page" } as never) },
    'via.cursor.kind: must say how to read on: kind "token", "link", "http-feed", "since" or "custom"',
  ],
  [
    "a custom cursor without functions",
    { ...poller, via: polling({ kind: "custom" } as never) },
    "via.cursor.request: must be a function",
  ],
];

test.each(refused.map(([what, definition, line, checking = {}]) => [what, definition, line, checking] as const))(
  "%s: refused",
  (_, definition, line, checking) => {
    expect(problemLines(definition, checking)).toContainEqual(expect.stringContaining(line));
  },
);

const custom = { kind: "custom", request: () => ({ path: "/v1" }), next: () => null } as const;
test.each<[string, object]>([
  ["a time cursor", poller],
  [
    "a token that goes back by its trail at another site",
    { ...poller, partner: standbyPartner("1m"), via: polling(token) },
  ],
  [
    "a cursor good at every site",
    { ...poller, partner: activePartner("1m"), via: polling(token, { acrossSites: "exact" }) },
  ],
  [
    "never switching sites",
    { ...poller, partner: standbyPartner("1m"), via: polling(token, { acrossSites: "refuse" }) },
  ],
  ["a link", { ...poller, via: polling({ kind: "link" }), startFrom: "earliest" }],
  ["an http-feed", { ...poller, via: polling({ kind: "http-feed" }) }],
  ["a cursor by code", { ...poller, via: polling(custom) }],
  ["a start at a time", { ...poller, startFrom: { time: "2026-01-01T00:00:00Z" } }],
  ["a reconcile poll on a gap", receiver],
  ["a reconcile poll by the clock, without numbers", { ...withReconcile({ when: "1h" }), sequence: undefined }],
  ["a reconcile poll by an identity in the body", { ...receiver, via: http.receive({ verify, id: "body:/id" }) }],
])("%s: accepted", (_, definition) => expect(problemLines(definition)).toEqual([]));

test("a poll needs the secrets with which we call, a receiver only with a reconcile poll", () => {
  const partner = { ...onePartner, auth: { kind: "bearer", token: secret("token") } };
  const missing = (definition: object) => problemLines({ ...definition, partner }, { secrets: [] }).toSorted();
  expect(missing(poller)).toEqual(["secrets: secret 'token' is missing"]);
  expect(missing(receiver)).toEqual(["secrets: secret 'hook' is missing", "secrets: secret 'token' is missing"]);
  expect(missing({ ...receiver, reconcile: undefined })).toEqual(["secrets: secret 'hook' is missing"]);
});
