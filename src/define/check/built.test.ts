import { expect, test } from "vitest";
import * as z from "zod";
import { checkDefinition } from "../check.ts";
import type { Definition } from "../connector.ts";
import { defineConnector, definePartner, http, secret } from "../index.ts";
import { problemLine } from "../problem.ts";
import { payments, refunds } from "../samples/five.ts";
import * as shops from "../samples/shopify.ts";

const events = { "thing.made": z.object({ thing: z.string() }) };
const partner = definePartner({ name: "p", location: "internet", url: "https://p.example" });
const near = definePartner({ name: "p", location: "same-cloud", url: "https://p.example" });
const service = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0";
const receiver = defineConnector({
  partner,
  via: http.receive({ id: "body:/id", verify: { scheme: "bearer", token: secret("t") } }),
  message: z.object({ id: z.string() }),
  events,
  translate: () => null,
});
const sender = defineConnector({ partner, via: http.send(), events, idempotency: "event-id" });

test.each<[string, object, string]>([
  [
    "a driver that is not built",
    payments,
    "via: 'sftp.send' is not built in this version: there are: http.receive, http.poll, http.send, http.feed",
  ],
  ["a thin message", shops.orders, "fetch: reading back a thin message: not built in this version"],
  ["tenants", shops.stock, "partner.tenants: tenants: not built in this version"],
  ["a form", refunds, 'via.format: the formats "form" and "xml": not built in this version'],
  [
    "mTLS of a giver",
    { ...receiver, via: http.receive({ id: "body:/id", verify: { scheme: "mtls", ca: "x", subjects: ["y"] } }) },
    'via.verify: the scheme "mtls" (nothing tells the gateway the certificate of a call): not built in this version',
  ],
  [
    "roles of AWS where nothing checks them",
    { ...receiver, via: http.receive({ id: "body:/id", verify: { scheme: "iam", roles: ["arn:aws:iam::1:role/x"] } }) },
    'via: the scheme "iam" on another platform than aws (nothing there checks a signature of AWS): not built',
  ],
  [
    "a fixed source address where the platform gives none",
    { ...sender, partner: { ...partner, fixedSource: true } },
    "partner.fixedSource: a fixed source address on another platform than aws: not built in this version",
  ],
  [
    "a private endpoint where the platform makes none",
    { ...sender, partner: { ...near, privateService: service } },
    "partner.privateService: a private endpoint on another platform than aws: not built in this version",
  ],
  [
    "a private endpoint to a partner elsewhere",
    { ...sender, partner: { ...partner, privateService: service } },
    "partner.privateService: a private endpoint for another driver than http, or another location than same-cloud",
  ],
  [
    "a maintenance window",
    { ...sender, partner: { ...partner, maintenance: [{ cron: "0 2 * * SUN", timezone: "UTC", duration: "4h" }] } },
    "partner.maintenance: a maintenance window: not built in this version",
  ],
  [
    "raw messages dropped early",
    { ...receiver, retention: { raw: "72h" } },
    "retention.raw: dropping the raw message before its entry: not built in this version",
  ],
])("%s: refused until it is built", (_, definition, line) => {
  const problems = checkDefinition("c", definition as Definition, { settings: {} });
  expect(problems.map(problemLine)).toContainEqual(expect.stringContaining(line));
});

test("what both of them use is built", () => {
  for (const definition of [receiver, sender]) expect(checkDefinition("c", definition, { settings: {} })).toEqual([]);
});

test.each([
  ["a fixed source address", { ...partner, fixedSource: true }],
  ["a private endpoint", { ...near, privateService: service }],
])("%s is built on aws", (_, asking) => {
  expect(checkDefinition("c", { ...sender, partner: asking }, { settings: {}, platform: "aws" })).toEqual([]);
});
