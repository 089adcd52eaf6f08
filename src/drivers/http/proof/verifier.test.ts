import { createHmac } from "node:crypto";
import { sign } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import type { HttpReceiveSpec, VerificationSpec } from "../../../define/spec.ts";
import type { ReceiveResult } from "../../port.ts";
import { contextOf, ingressOf, receiveSpecOf } from "../../testing.ts";
import { HttpReceiver } from "../receive/receive.ts";
import { bearer, errorOf, proved, receive, receiverOf, requestOf, statusOf } from "../receive/testing.ts";

const key = { secret: "key" };
const github: VerificationSpec = {
  scheme: "hmac",
  key,
  header: "x-hub-signature-256",
  algorithm: "sha256",
  encoding: "hex",
  prefix: "sha256=",
  content: ["body"],
  timestamp: null,
};
const shopify: VerificationSpec = { ...github, header: "x-shopify-hmac-sha256", encoding: "base64", prefix: "" };
const sensors: VerificationSpec = {
  ...github,
  header: "x-signature",
  algorithm: "sha512",
  encoding: "base64",
  prefix: "",
  content: ["timestamp", ".", "body"],
  timestamp: { header: "x-timestamp", toleranceMs: 300_000 },
};

interface Vector {
  readonly name: string;
  readonly verify: VerificationSpec;
  readonly secret: string;
  readonly body: string;
  readonly headers: Record<string, string>;
  readonly signature: string;
  readonly nowMs: number;
}

const vectors: readonly Vector[] = [
  {
    name: "GitHub (vector of its documentation)",
    verify: github,
    secret: "It's a Secret to Everybody",
    body: "Hello, World!",
    headers: { "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
    signature: "x-hub-signature-256",
    nowMs: 1_700_000_000_000,
  },
  {
    name: "Standard Webhooks (vector of its libraries)",
    verify: { scheme: "standard-webhooks", key },
    secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    body: '{"test": 2432232314}',
    headers: {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    signature: "webhook-signature",
    nowMs: 1_614_265_330_000,
  },
  {
    name: "Shopify",
    verify: shopify,
    secret: "shpss_test",
    body: '{"id":820982911946154508}',
    headers: { "x-shopify-hmac-sha256": "3JxXO8Lul52iD5+qb1FHtoXK8vDwPbXpi8eB+yETk5I=" },
    signature: "x-shopify-hmac-sha256",
    nowMs: 1_700_000_000_000,
  },
  {
    name: "Stripe",
    verify: { scheme: "stripe", key },
    secret: "whsec_stripe_test",
    body: '{"id":"evt_1"}',
    headers: {
      "stripe-signature":
        "t=1492774577,v0=6ffbb59b,v1=659ba974518f05f5b30e2353877b02c8fe0eb6c2fded4a817c702d094f5ee508",
    },
    signature: "stripe-signature",
    nowMs: 1_492_774_577_000,
  },
  {
    name: "HMAC of timestamp and body",
    verify: sensors,
    secret: "sensors",
    body: '{"n":1}',
    headers: {
      "x-timestamp": "1700000000",
      "x-signature": "ybAMp/dgjn9HWAi3Y6EytnSIuGuKLDIe9CBNAMQ+mZyb6JPutpnNiRlKQ8AeDS3t+hHEh1RCwJA4zSNkhs5QDA==",
    },
    signature: "x-signature",
    nowMs: 1_700_000_000_000,
  },
];

type Change = Partial<Pick<Vector, "headers" | "body" | "nowMs">> & { readonly secrets?: readonly string[] };

const callWith = ({ verify, secret, body, headers, nowMs }: Vector, change: Change): ReceiveResult =>
  receive(
    receiverOf({ options: { verify: [verify] }, secrets: change.secrets ?? [secret], nowMs: change.nowMs ?? nowMs }),
    requestOf({ "x-delivery": "d-1", ...headers, ...change.headers }, change.body ?? body),
  );

describe.each(vectors)("signature scheme: $name", (vector) => {
  const { secret, body, headers, signature } = vector;
  const call = (change: Change) => callWith(vector, change);

  it("proves the message that the partner signed", () => {
    expect(statusOf(call({}))).toBe(202);
  });

  it("proves it by either of two valid secrets, whichever is the current one", () => {
    expect(statusOf(call({ secrets: [secret, "whsec_b3RoZXI="] }))).toBe(202);
    expect(statusOf(call({ secrets: ["whsec_b3RoZXI=", secret] }))).toBe(202);
  });

  it("refuses another secret, no secret and an empty secret, without a detail", () => {
    for (const secrets of [["whsec_b3RoZXI="], [], [""]]) {
      const result = call({ secrets });
      expect([statusOf(result), errorOf(result)]).toEqual([401, '{"error":"not verified"}']);
    }
  });

  it("refuses a changed body, a changed signature and none", () => {
    const value = headers[signature] ?? "";
    expect(statusOf(call({ body: `${body} ` }))).toBe(401);
    expect(statusOf(call({ headers: { [signature]: value.slice(0, -6) } }))).toBe(401);
    expect(statusOf(call({ headers: { [signature]: "" } }))).toBe(401);
    expect(statusOf(call({ headers: { [signature]: "é,v1=,v1, =" } }))).toBe(401);
  });
});

const timed = vectors.filter(({ verify }) => verify.scheme !== "hmac" || verify.timestamp !== null);
it.each(timed)("refuses a replay outside the window, in the past and in the future: $name", (vector) => {
  const at = (offsetMs: number) => statusOf(callWith(vector, { nowMs: vector.nowMs + offsetMs }));
  expect([at(300_000), at(301_000), at(-301_000)]).toEqual([202, 401, 401]);
});

describe("signatures by the partner's own library", () => {
  it("accepts what octokit signs", async () => {
    const body = '{"ref":"refs/heads/größe"}';
    const receiver = receiverOf({ options: { verify: [github] }, secrets: ["s3cret"] });
    const headers = { "x-delivery": "d-1", "x-hub-signature-256": await sign("s3cret", body) };
    expect(statusOf(receive(receiver, requestOf(headers, body)))).toBe(202);
  });

  it("accepts what the Standard Webhooks library signs, also as the second signature of a rotation", () => {
    const at = new Date(1_700_000_000_000);
    const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    const signature = new Webhook(secret).sign("msg_1", at, '{"a":1}');
    const receiver = receiverOf({ options: { verify: [{ scheme: "standard-webhooks", key }] }, secrets: [secret] });
    const headers = { "x-delivery": "d-1", "webhook-id": "msg_1", "webhook-timestamp": "1700000000" };
    for (const value of [signature, `v1a,c29tZQ== v1,AAAA ${signature}`]) {
      expect(statusOf(receive(receiver, requestOf({ ...headers, "webhook-signature": value }, '{"a":1}')))).toBe(202);
    }
  });
});

it("a secret without a value proves nothing, not even what is signed with an empty key", () => {
  const signature = createHmac("sha256", "").update("{}").digest("hex");
  const headers = { "x-delivery": "d-1", "x-hub-signature-256": `sha256=${signature}` };
  const receiver = receiverOf({ options: { verify: [github] }, secrets: [""] });
  expect(statusOf(receive(receiver, requestOf(headers, "{}")))).toBe(401);
});

describe("other proofs", () => {
  it("accepts any one of several verifications", () => {
    const receiver = receiverOf({ options: { verify: [github, bearer] } });
    expect(statusOf(receive(receiver, requestOf(proved)))).toBe(202);
    expect(statusOf(receive(receiver, requestOf({ ...proved, authorization: "Bearer other" })))).toBe(401);
  });

  it("takes a rotated bearer token without a restart", () => {
    const secrets = { key: ["old"] };
    const receiver = new HttpReceiver(receiveSpecOf({ verify: [bearer] }), ingressOf(), contextOf(secrets));
    const call = (token: string) =>
      statusOf(receive(receiver, requestOf({ ...proved, authorization: `Bearer ${token}` })));
    expect([call("old"), call("new")]).toEqual([202, 401]);
    secrets.key = ["new", "old"];
    expect([call("old"), call("new")]).toEqual([202, 202]);
    secrets.key = ["new"];
    expect([call("old"), call("new")]).toEqual([401, 202]);
  });

  const refused: readonly (readonly [string, Partial<HttpReceiveSpec>, RegExp])[] = [
    ["mtls", { verify: [{ scheme: "mtls", ca: "", subjects: [] }] }, /^via\.verify: mtls is not built yet/],
    ["challenge", { challenge: "slack" }, /^via\.challenge: the slack handshake is not built yet/],
    ["no verification", { verify: [] }, /^via\.verify: no verification/],
    [
      "a secret per tenant",
      { verify: [{ scheme: "bearer", token: { secret: "k/{tenant}" } }] },
      /per tenant is not built yet/,
    ],
    ["an unsigned body", { verify: [{ ...sensors, content: ["timestamp"] }] }, /body must be part/],
    ["an unsigned timestamp", { verify: [{ ...sensors, content: ["body"] }] }, /timestamp must be part/],
    ["a timestamp without a place", { verify: [{ ...sensors, timestamp: null }] }, /does not say which header/],
  ];
  it.each(refused)("refuses at construction: %s", (_name, options, message) => {
    expect(() => receiverOf({ options })).toThrow(message);
  });
});
