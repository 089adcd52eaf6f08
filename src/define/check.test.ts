import { expect, test } from "vitest";
import * as z from "zod";
import { type Checking, checkDefinition } from "./check.ts";
import type { Definition } from "./connector.ts";
import { defineConnector, definePartner, githubWebhook, http, secret, stripeWebhook } from "./index.ts";
import { problemLine } from "./problem.ts";

const events = { "thing.made": z.object({ thing: z.string() }) };
const message = z.object({ id: z.string() });
const partner = definePartner({ name: "p", location: "internet", url: "https://p.example" });
const via = http.receive(githubWebhook(secret("hook")));
const receiver = defineConnector({ partner, via, message, events, translate: () => null });
const sender = defineConnector({ partner, via: http.send(), events, idempotency: "event-id" });

const lines = (definition: object, checking: Partial<Checking> = {}): readonly string[] =>
  checkDefinition("c", definition as Definition, { settings: {}, ...checking }).map(problemLine);

const twoSites = (recoveryPoint: "0s" | "1m" | "48h", failoverAfter: "1h" | "240h" = "1h") =>
  definePartner({
    name: "p",
    location: "internet",
    sites: { a: { url: "https://a.example" }, b: { url: "https://b.example" } },
    topology: {
      mode: "primary-secondary",
      primary: "a",
      secondary: "b",
      failback: "manual",
      recoveryPoint,
      failoverAfter,
    },
  });
const remembers = (across: "sites" | "site" = "sites") =>
  ({ header: "Idempotency-Key", remembers: "24h", across }) as const;
const sequence = () => ({ of: "k", number: 1 });
const lookup = { request: () => ({ path: "/" }), found: () => true };
const withUrl = (url: string, location: "internet" | "on-prem" = "internet") => ({
  ...sender,
  partner: definePartner({ name: "p", location, url }),
});
const withSite = (topology: object) => ({ ...sender, partner: { ...twoSites("0s"), topology } });
const hmac = {
  scheme: "hmac",
  key: secret("k"),
  header: "x-s",
  algorithm: "sha256",
  encoding: "hex",
  content: ["body"],
} as const;
const verifying = (change: object) => ({
  ...receiver,
  via: http.receive({ id: "body:/id", verify: { ...hmac, ...change } }),
});

test("what is right has no problem", () => {
  expect([...lines(receiver), ...lines(sender)]).toEqual([]);
  expect(
    lines({ ...sender, partner: twoSites("1m"), idempotency: remembers(), retry: { giveUpAfter: "23h" } }),
  ).toEqual([]);
});

test("over a hub without order the events' own numbers are order enough", () => {
  const ordered = { ...sender, ordering: "key", sequence, gapAfter: "1m" };
  expect([...lines(ordered, { platform: "aws" }), ...lines(ordered)]).toEqual([]);
});

/** What users see, word for word: the two lines of the prototype first. */
const refused: readonly (readonly [what: string, definition: object, line: string, checking?: Partial<Checking>])[] = [
  [
    "a recovery point beyond the partner's memory",
    { ...sender, partner: twoSites("48h"), idempotency: remembers(), retry: { giveUpAfter: "1h" } },
    "partner.topology.recoveryPoint: 48h is longer than the partner remembers a key (idempotency.remembers: 24h): redelivery after their failover would act twice",
  ],
  [
    "retries beyond the partner's memory",
    { ...sender, idempotency: remembers(), retry: { giveUpAfter: "72h" } },
    'onUnknown: retries go on for 72h but the partner forgets the key after 24h: give a lookup, or "hold", or retry.giveUpAfter below it',
  ],
  [
    "retries without end",
    { ...sender, idempotency: remembers() },
    'onUnknown: retries go on without end but the partner forgets the key after 24h: give a lookup, or "hold", or retry.giveUpAfter below it',
  ],
  [
    "a key that one site knows",
    { ...sender, partner: twoSites("1m"), idempotency: remembers("site"), retry: { giveUpAfter: "1h" } },
    'idempotency.across: a key given to one site is not known to the other: what is sent again after a switch would act twice: give a lookup, or "hold"',
  ],
  [
    "a blind resend",
    { ...sender, idempotency: "none" },
    'onUnknown: the partner does not recognise a repeat (idempotency: none): give a lookup, or "hold"',
  ],
  [
    "a timeout beyond the lease",
    { ...sender, via: http.send({ timeout: "7s" }) },
    "via.timeout: 7s is not below the lease's ttl - margin (7s): a request could outlive the right to send it",
  ],
  [
    "a dedupe window that a giver outlasts",
    { ...receiver, dedupeWindow: "24h" },
    "dedupeWindow: 24h is shorter than a giver may repeat a message (72h): a late repeat would be published again",
  ],
  [
    "a retention that a failover outlasts",
    { ...sender, partner: twoSites("48h", "240h"), retention: { settled: "7d" } },
    "retention.settled: 168h is shorter than failoverAfter + recoveryPoint + takeover (1036850s): what their failover loses could not be delivered again",
  ],
  [
    "order by key over a hub without order",
    { ...sender, ordering: "key" },
    'ordering: the hub on aws has no order of its own, so that "key" cannot be kept without the events\' own numbers: give a \'sequence\' that numbers the events of a key, or say ordering: "latest" or "none"',
    { platform: "aws" },
  ],
  [
    "a wait for numbers that there are none of",
    { ...sender, ordering: "key", gapAfter: "1m" },
    "gapAfter: has no effect without ordering: \"key\" and a 'sequence'",
  ],
  [
    "a wait for numbers that order nothing",
    { ...sender, sequence, gapAfter: "1m" },
    "gapAfter: has no effect without ordering: \"key\" and a 'sequence'",
  ],
  [
    "whenAlone without replication",
    { ...sender, whenAlone: "accept" },
    'whenAlone: has no effect with durability: "regional"',
  ],
  [
    "block-key without keys",
    { ...sender, onFault: "block-key" },
    'onFault: "block-key" has no effect without ordering: "key" or "latest"',
  ],
  [
    "a cap below the first",
    { ...sender, retry: { first: "10s", cap: "1s" } },
    "retry.cap: is shorter than retry.first",
  ],
  [
    "giving up before the first",
    { ...sender, retry: { first: "10s", giveUpAfter: "1s" } },
    "retry.giveUpAfter: is shorter than retry.first: nothing would ever be sent again",
  ],
  [
    "a called site without url",
    { ...sender, partner: definePartner({ name: "p", location: "internet" }) },
    "partner.url: is missing: the connector calls this site",
  ],
  [
    "one of two without url",
    { ...sender, partner: { ...twoSites("0s"), sites: { a: { url: "https://a.example" }, b: {} } } },
    "partner.sites.b.url: is missing: the connector calls this site",
  ],
  ["no address", withUrl("p.example"), "partner.url: 'p.example' is not an http or https address"],
  [
    "a credential in an address",
    withUrl("https://u:p@p.example"),
    "partner.url: holds a credential: use 'auth' with a secret",
  ],
  ["plain text over the internet", withUrl("http://p.example"), "partner.url: is not encrypted: use https"],
  [
    "a private address",
    withUrl("https://10.0.0.7"),
    "partner.url: '10.0.0.7' is a private address, which a partner located 'internet' cannot have",
  ],
  [
    "the metadata address",
    withUrl("http://169.254.169.254"),
    "partner.url: '169.254.169.254' is a linkLocal address, which a partner located 'internet' cannot have",
  ],
  [
    "a loopback address nobody listed",
    withUrl("http://127.0.0.1:9443"),
    "partner.url: '127.0.0.1:9443' is a loopback address that the environment does not list in 'loopback'",
  ],
  [
    "two sites without topology",
    { ...sender, partner: { ...twoSites("0s"), topology: undefined } },
    "partner.topology: is missing: the partner has more than one site",
  ],
  [
    "a topology of one site",
    { ...sender, partner: { ...partner, topology: { mode: "active-active", recoveryPoint: "1m" } } },
    "partner.topology: the partner has one site",
  ],
  [
    "a primary that is no site",
    withSite({ mode: "primary-secondary", primary: "aa", secondary: "b", failback: "manual", recoveryPoint: "0s" }),
    "partner.topology.primary: 'aa' is not a site. Did you mean 'a'?",
  ],
  [
    "a secondary that is the primary",
    withSite({ mode: "primary-secondary", primary: "a", secondary: "a", failback: "manual", recoveryPoint: "0s" }),
    "partner.topology.secondary: is the primary",
  ],
  [
    "a window that cannot be read",
    {
      ...sender,
      partner: { ...partner, maintenance: [{ cron: "0 2 * * SUN", timezone: "Mars/Base", duration: "4h" }] },
    },
    "partner.sites.main.maintenance: '0 2 * * SUN' in 'Mars/Base'",
  ],
  [
    "a window that never comes",
    { ...sender, partner: { ...partner, maintenance: [{ cron: "0 0 31 2 *", timezone: "UTC", duration: "4h" }] } },
    "partner.sites.main.maintenance: '0 0 31 2 *' never comes",
  ],
  [
    "{tenant} without tenants",
    withUrl("https://{tenant}.p.example"),
    "partner.sites.main.url: has '{tenant}', but the partner has no 'tenants'",
  ],
  [
    "tenants of whom nothing is told",
    { ...sender, partner: { ...partner, tenants: { max: 5 } } },
    "tenant: is missing: the partner has tenants, and nothing tells which one",
  ],
  [
    "no identity",
    { ...receiver, via: http.receive({ verify: hmac }) },
    "id: is missing: neither 'via' nor a function tells a message's identity",
  ],
  [
    "no proof",
    { ...receiver, via: http.receive({ verify: [], id: "body:/id" }) },
    "via.verify: is empty: every giver must prove who it is",
  ],
  [
    "a body that is not signed",
    verifying({ content: [{ header: "x-a" }] }),
    "via.verify.content: the body must be part of what is signed",
  ],
  [
    "a time that is not signed",
    verifying({ timestamp: { header: "x-t", tolerance: "5m" } }),
    "via.verify.timestamp: the timestamp must be part of what is signed, or a replay could change it",
  ],
  [
    "a time that is nowhere",
    verifying({ content: ["timestamp", "body"] }),
    "via.verify.content: names a timestamp, but 'timestamp' does not say which header it stands in",
  ],
  [
    "standard-webhooks unsigned",
    { ...sender, via: http.send({ format: "standard-webhooks" }) },
    'via.sign: the format "standard-webhooks" is signed with the scheme "standard-webhooks"',
  ],
  [
    "a missing setting",
    withUrl({ setting: "p-url" } as never),
    "partner.url: setting 'p-url' is missing. Did you mean 'p-urls'?",
    { settings: { "p-urls": "x" } },
  ],
  [
    "an empty setting",
    withUrl({ setting: "p-url" } as never),
    "partner.url: setting 'p-url' is empty",
    { settings: { "p-url": "" } },
  ],
  ["a missing secret", receiver, "secrets: secret 'hook' is missing. Did you mean 'hooks'?", { secrets: ["hooks"] }],
];

test.each(refused.map(([what, definition, line, checking = {}]) => [what, definition, line, checking] as const))(
  "%s is refused",
  (_, definition, line, checking) => {
    expect(lines(definition, checking)).toContainEqual(expect.stringContaining(line));
  },
);

/** What looks like the above, and is well. */
const accepted: readonly (readonly [what: string, definition: object, checking?: Partial<Checking>])[] = [
  [
    "a recovery point beyond memory, with a lookup",
    { ...sender, partner: twoSites("48h"), idempotency: remembers(), onUnknown: lookup },
  ],
  ["retries without end, with hold", { ...sender, idempotency: remembers(), onUnknown: "hold" }],
  [
    "a key that one site knows, of one site",
    { ...sender, idempotency: remembers("site"), retry: { giveUpAfter: "1h" } },
  ],
  ["plain text on premises", withUrl("http://10.0.0.7", "on-prem")],
  ["a loopback address that is listed", withUrl("http://127.0.0.1:9443"), { loopback: ["127.0.0.1:9443"] }],
  ["order by key over a hub with order", { ...sender, ordering: "key" }, { platform: "local" }],
  ["a receiver whose partner has no url", { ...receiver, partner: definePartner({ name: "p", location: "internet" }) }],
  [
    "a receiver without the secrets that only a sender uses",
    { ...receiver, partner: { ...partner, auth: { kind: "bearer", token: secret("t") } } },
    { secrets: ["hook"] },
  ],
  ["a longer timeout on aws", { ...sender, via: http.send({ timeout: "20s" }) }, { platform: "aws" }],
  [
    "a time that is signed",
    verifying({ content: ["timestamp", ".", "body"], timestamp: { header: "x-t", tolerance: "5m" } }),
  ],
  ["stripe's webhooks", { ...receiver, via: http.receive(stripeWebhook(secret("s"))) }],
];
test.each(accepted.map(([what, definition, checking = {}]) => [what, definition, checking] as const))(
  "%s is accepted",
  (_, definition, checking) => expect(lines(definition, checking)).toEqual([]),
);

test("what is undefined is not stated", () => {
  expect(lines({ ...sender, retry: { first: undefined }, translate: undefined, onUnknown: undefined })).toEqual([]);
});

test("a name that could not stand in an address is refused", () => {
  expect(checkDefinition("Pushes!", receiver, { settings: {} }).map(({ path }) => path)).toEqual(["name"]);
});
