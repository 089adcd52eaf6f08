import { sign } from "@octokit/webhooks-methods";
import { Webhook } from "standardwebhooks";
import { describe, expect, it } from "vitest";
import { DefinitionFault } from "../../../define/faults.ts";
import type { CommonSpec, HttpReceiveSpec, IngressFunctions, VerificationSpec } from "../../../define/spec.ts";
import type { InboundRequest, ReceiveResult } from "../../port.ts";
import { clockAt, contextOf, ingressOf, partnerOf, receiveSpecOf } from "../../testing.ts";
import { readMessage } from "./message.ts";
import { HttpReceiver } from "./receive.ts";

const key = { secret: "key" };
const bearer: VerificationSpec = { scheme: "bearer", token: { secret: "key" } };
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

interface Setting {
  readonly options?: Partial<HttpReceiveSpec>;
  readonly spec?: Partial<CommonSpec>;
  readonly functions?: Partial<IngressFunctions>;
  readonly secrets?: readonly string[];
  readonly nowMs?: number;
}

const receiverOf = ({ options, spec, functions, secrets, nowMs }: Setting = {}): HttpReceiver =>
  new HttpReceiver(
    receiveSpecOf({ verify: [bearer], ...options }, spec),
    ingressOf(functions),
    contextOf({ key: secrets ?? ["token"] }, {}, clockAt(nowMs ?? 1_700_000_000_000)),
  );

const requestOf = (
  headers: Record<string, string>,
  body: string | Buffer = "{}",
  change: Partial<InboundRequest> = {},
): InboundRequest => ({ method: "POST", url: "/orders", headers, body: Buffer.from(body), ...change });

const proved = { authorization: "Bearer token", "x-delivery": "d-1", "content-type": "application/json" };

const receive = (receiver: HttpReceiver, request: InboundRequest): ReceiveResult => {
  let result: ReceiveResult | null = null;
  receiver.receive(request, (given) => {
    result = given;
  });
  if (result === null) throw new Error("the driver did not answer in the same tick");
  return result;
};

const statusOf = (result: ReceiveResult): number => (result.kind === "messages" ? result.answerStatus : result.status);
const errorOf = (result: ReceiveResult): string => (result.kind === "refused" ? result.body : "");
const payloadsOf = (result: ReceiveResult): readonly string[] =>
  result.kind === "messages" ? result.inputs.map(({ payload }) => payload) : [];
const identitiesOf = (result: ReceiveResult): readonly string[] =>
  result.kind === "messages" ? result.inputs.map(({ identity }) => identity) : [];

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
    ["iam", { verify: [bearer, { scheme: "iam", roles: [] }] }, /^via\.verify\[1\]: iam is not built yet/],
    ["challenge", { challenge: "slack" }, /^via\.challenge: the slack handshake is not built yet/],
    ["no verification", { verify: [] }, /^via\.verify: no verification/],
    [
      "a secret per tenant",
      { verify: [{ ...bearer, token: { secret: "k/{tenant}" } }] },
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

describe("the order of checks", () => {
  it("refuses what is not POST, too long or encoded before anything is verified", () => {
    const receiver = receiverOf({ options: { limitBytes: 4 } });
    expect(statusOf(receive(receiver, requestOf({}, "", { method: "GET" })))).toBe(405);
    expect(statusOf(receive(receiver, requestOf({}, "12345")))).toBe(413);
    expect(statusOf(receive(receiver, requestOf({ "content-encoding": "gzip" }, "1234")))).toBe(415);
    expect(statusOf(receive(receiver, requestOf(proved, "1234")))).toBe(202);
  });

  it("says nothing of the message to a sender that is not proved", () => {
    const receiver = receiverOf({ options: { id: { in: "body", pointer: "/id" } } });
    expect(errorOf(receive(receiver, requestOf({}, "not json")))).toBe('{"error":"not verified"}');
  });

  it("answers as the connector says", () => {
    const receiver = receiverOf({ options: { answer: { status: 200, body: "ok" } } });
    expect(receive(receiver, requestOf(proved))).toMatchObject({ answerStatus: 200, answerBody: "ok" });
  });
});

describe("identity", () => {
  const place = (pointer: string) => ({ options: { id: { in: "body", pointer } as const } });

  it("stands in a header or in the body", () => {
    expect(identitiesOf(receive(receiverOf(), requestOf(proved)))).toEqual(["/acme/orders d-1"]);
    const body = '{"a/b":{"list":[{"id":7}]}}';
    expect(identitiesOf(receive(receiverOf(place("/a~1b/list/0/id")), requestOf(proved, body)))).toEqual([
      "/acme/orders 7",
    ]);
  });

  const missing: readonly (readonly [string, string])[] = [
    ["no JSON", "hello"],
    ["an empty body", ""],
    ["no such field", '{"other":1}'],
    ["an empty text", '{"id":""}'],
    ["null", '{"id":null}'],
    ["an object", '{"id":{}}'],
    ["a number that JSON does not carry exactly", '{"id":9007199254740993}'],
    ["an inherited name", "[]"],
  ];
  it.each(missing)("is not found in %s: 400 naming the field", (_name, body) => {
    const result = receive(receiverOf(place("/id")), requestOf(proved, body));
    expect([statusOf(result), errorOf(result)]).toEqual([400, '{"error":"no identity at body /id"}']);
  });

  it("is not taken from what every object has", () => {
    expect(statusOf(receive(receiverOf(place("/constructor/name")), requestOf(proved, "{}")))).toBe(400);
  });

  it("missing in its header: 400 naming the header", () => {
    const result = receive(receiverOf(), requestOf({ authorization: "Bearer token" }));
    expect([statusOf(result), errorOf(result)]).toEqual([400, '{"error":"no identity at header x-delivery"}']);
  });

  it("has a bound", () => {
    const body = JSON.stringify({ id: "x".repeat(1_025) });
    expect(errorOf(receive(receiverOf(place("/id")), requestOf(proved, body)))).toContain("longer than 1024");
  });

  it("comes from the definition's function, which gets the parsed message", () => {
    const functions = {
      parse: (body: unknown) => ({ parsed: body }),
      id: (message: { readonly body: unknown; readonly headers: Readonly<Record<string, string>> }) =>
        `${JSON.stringify(message.body)}@${message.headers["x-delivery"]}`,
    };
    const receiver = receiverOf({ options: { id: null }, functions });
    expect(identitiesOf(receive(receiver, requestOf(proved, "[1]")))).toEqual(['/acme/orders {"parsed":[1]}@d-1']);
  });

  it("is refused with the definition's words where its function finds none", () => {
    const fault = () => {
      throw new DefinitionFault("message-invalid", "message.order: expected string");
    };
    const bug = () => {
      throw new Error("connection string postgres://secret");
    };
    const call = (id: () => string) =>
      receive(receiverOf({ options: { id: null }, functions: { id } }), requestOf(proved));
    expect(errorOf(call(fault))).toBe('{"error":"id: message.order: expected string"}');
    expect(errorOf(call(bug))).not.toContain("postgres");
  });
});

describe("what is stored", () => {
  it("is the message as received, without credentials and proofs", () => {
    const body = ' {"a" : 1.0, "ü":"\\u00fc"}\n';
    const headers = { ...proved, "x-hub-signature-256": "sha256=00", cookie: "c", host: "h", "x-kind": "push" };
    const receiver = receiverOf({ options: { verify: [bearer, github] } });
    const [payload = ""] = payloadsOf(receive(receiver, requestOf(headers, body)));
    expect(JSON.parse(payload)).toEqual({
      headers: { "x-delivery": "d-1", "content-type": "application/json", "x-kind": "push" },
      body,
      site: "main",
      receivedAt: "2023-11-14T22:13:20.000Z",
    });
    expect(readMessage(payload).body).toEqual({ a: 1, ü: "ü" });
  });

  it("keeps bytes that are no text", () => {
    const bytes = Buffer.from([0x7b, 0xff, 0x7d]);
    const [payload = ""] = payloadsOf(receive(receiverOf(), requestOf(proved, bytes)));
    expect(JSON.parse(payload)).toMatchObject({ bytes: bytes.toString("base64") });
  });

  it("names no site where the partner has several, because a call does not tell", () => {
    const partner = partnerOf({ sites: { a: { maintenance: [] }, b: { maintenance: [] } } });
    const [payload = ""] = payloadsOf(receive(receiverOf({ spec: { partner } }), requestOf(proved)));
    expect(readMessage(payload).site).toBe("unknown");
  });

  it("has the tenant, which must be there and be a plain name", () => {
    const receiver = receiverOf({ options: { tenant: { in: "header", name: "x-shop" } } });
    const [payload = ""] = payloadsOf(receive(receiver, requestOf({ ...proved, "x-shop": "a.myshopify.com" })));
    expect(readMessage(payload).tenant).toBe("a.myshopify.com");
    for (const shop of ["", "a/b", "a b", "{tenant}"]) {
      const result = receive(receiver, requestOf({ ...proved, "x-shop": shop }));
      expect(errorOf(result)).toBe('{"error":"no tenant at header x-shop"}');
    }
    expect(statusOf(receive(receiver, requestOf(proved)))).toBe(400);
  });

  it("has their number where the definition tells it, and none where the message is not valid", () => {
    const parse = (body: unknown) => {
      if (body === null || typeof body !== "object" || !("n" in body))
        throw new DefinitionFault("message-invalid", "n");
      return body.n;
    };
    const sequence = ({ body }: { readonly body: unknown }) => ({ of: "device", number: Number(body) });
    const receiver = receiverOf({ functions: { parse, sequence } });
    expect(receive(receiver, requestOf(proved, '{"n":3}'))).toMatchObject({
      inputs: [{ key: null, sequence: { of: "device", number: 3 } }],
    });
    expect(receive(receiver, requestOf(proved, "{}"))).toMatchObject({
      kind: "messages",
      inputs: [{ sequence: null }],
    });
  });
});

describe("a message that is not valid for the schema", () => {
  const parse = () => {
    throw new DefinitionFault("message-invalid", "message.total: expected number");
  };
  it("is accepted, for the fault to be listed", () => {
    expect(statusOf(receive(receiverOf({ functions: { parse } }), requestOf(proved)))).toBe(202);
  });
  it("is refused with the field's name where the connector says so", () => {
    const result = receive(receiverOf({ functions: { parse }, spec: { onInvalid: "reject" } }), requestOf(proved));
    expect([statusOf(result), errorOf(result)]).toEqual([400, '{"error":"message.total: expected number"}']);
  });
});

describe("CloudEvents", () => {
  const event = { specversion: "1.0", id: "e-1", source: "/s", type: "t", data: { a: 1 } };
  const byId = { options: { id: { in: "body", pointer: "/id" } as const } };
  const byHeader = { options: { id: { in: "header", name: "ce-id" } as const } };
  const calls: readonly (readonly [string, Record<string, string>, string])[] = [
    ["structured", { "content-type": "application/cloudevents+json; charset=utf-8" }, JSON.stringify(event)],
    ["batch", { "content-type": "application/cloudevents-batch+json" }, JSON.stringify([event])],
    [
      "binary",
      {
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "e-1",
        "ce-source": "/s",
        "ce-type": "t",
      },
      '{"a":1}',
    ],
  ];
  it.each(calls)("%s: the message is the event", (_mode, headers, body) => {
    for (const setting of [byId, byHeader]) {
      const result = receive(receiverOf(setting), requestOf({ ...proved, ...headers }, body));
      expect(identitiesOf(result)).toEqual(["/acme/orders e-1"]);
      expect(payloadsOf(result).map((payload) => readMessage(payload).body)).toEqual([
        expect.objectContaining({ id: "e-1", source: "/s", type: "t", data: { a: 1 } }),
      ]);
      expect(payloadsOf(result).map((payload) => readMessage(payload).headers["content-type"])).toEqual([
        "application/cloudevents+json",
      ]);
    }
  });

  it("makes up neither a time nor an id", () => {
    const [, headers, body] = calls[2] ?? ["", {}, ""];
    const result = receive(receiverOf(byId), requestOf({ ...proved, ...headers }, body));
    expect(payloadsOf(result).map((payload) => readMessage(payload).body)).toEqual([
      expect.not.objectContaining({ time: expect.anything() }),
    ]);
    const { "ce-id": _dropped, ...rest } = { "ce-id": "", ...headers };
    expect(errorOf(receive(receiverOf(byId), requestOf({ ...proved, ...rest }, body)))).toContain(
      "no identity at body /id",
    );
  });

  it("a batch is one message for each event, or refused whole", () => {
    const batch = { ...proved, "content-type": "application/cloudevents-batch+json" };
    const call = (body: unknown) => receive(receiverOf(byId), requestOf(batch, JSON.stringify(body)));
    expect(identitiesOf(call([event, { ...event, id: "e-2" }]))).toEqual(["/acme/orders e-1", "/acme/orders e-2"]);
    expect(statusOf(call([event, { ...event, id: "" }]))).toBe(400);
    expect(errorOf(call([]))).toContain("empty");
    expect(errorOf(call({}))).toContain("must be a JSON array");
  });
});
