import { createHmac } from "node:crypto";
import { createServer } from "node:net";
import { gunzipSync } from "node:zlib";
import { Webhook } from "standardwebhooks";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Answer, Delivery } from "../../../core/ports.ts";
import { DefinitionFault } from "../../../define/faults.ts";
import type { HttpResponse } from "../../../define/model.ts";
import type { AuthSpec, CommonSpec, EgressFunctions, HttpSendSpec, SiteSpec } from "../../../define/spec.ts";
import type { NetworkOptions } from "../../port.ts";
import { clockAt, contextOf, egressOf, partnerOf, sendSpecOf } from "../../testing.ts";
import { HttpSender } from "./send.ts";
import { accepts, answers, hangs, resets, type SiteDouble, startSite } from "./site-double.ts";

const nowMs = 1_700_000_000_000;
const secrets: Record<string, readonly string[]> = {
  key: ["token"],
  whsec: ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
};
const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) await one.close();
});

const site = async (behaviour = accepts): Promise<SiteDouble> => {
  const double = await startSite(behaviour);
  open.push(double);
  return double;
};

interface Setting {
  readonly options?: Partial<HttpSendSpec>;
  readonly spec?: Partial<CommonSpec>;
  readonly functions?: Partial<EgressFunctions>;
  readonly site?: Partial<SiteSpec>;
  readonly network?: Partial<NetworkOptions>;
}

const senderTo = (double: Pick<SiteDouble, "url" | "endpoint">, setting: Setting = {}): HttpSender => {
  const partner = partnerOf({ sites: { main: { url: double.url, maintenance: [], ...setting.site } } });
  const sender = new HttpSender(
    sendSpecOf(setting.options, { partner, ...setting.spec }),
    egressOf(setting.functions),
    contextOf(secrets, { loopback: [double.endpoint], ...setting.network }, clockAt(nowMs)),
  );
  open.push({ close: () => new Promise<void>((resolve) => sender.close(resolve)) });
  return sender;
};

const event = { type: "order.placed", id: "o-1", source: "/shop/orders", time: "2023-11-14T22:00:00Z", data: { a: 1 } };

const deliveryOf = (change: Partial<Delivery> = {}): Delivery => ({
  connector: "orders",
  site: "main",
  identity: "/shop/orders o-1",
  round: 0,
  attempt: 1,
  key: null,
  output: { body: { a: 1 } },
  payload: JSON.stringify(event),
  duty: { region: "east", epoch: 412 },
  timeoutMs: 2_000,
  mayWrite: () => true,
  ...change,
});

const send = (sender: HttpSender, change: Partial<Delivery> = {}): Promise<Answer> =>
  new Promise((resolve) => void sender.send(deliveryOf(change), resolve));

const sentBy = async (setting: Setting, change: Partial<Delivery> = {}) => {
  const double = await site();
  const answer = await send(senderTo(double, setting), change);
  const [call] = double.calls;
  if (call === undefined) throw new Error(`nothing was sent: ${answer.reason}`);
  return { ...call, answer, text: call.body.toString("utf8") };
};

describe("a request", () => {
  it("carries the translation, the identity and the duty", async () => {
    const output = { path: "v1/orders?dry=no", query: { b: "c d" }, headers: { "X-Kind": "order" }, body: { a: "ü" } };
    const call = await sentBy({}, { output });
    expect([call.method, call.url, call.text]).toEqual(["POST", "/v1/orders?dry=no&b=c+d", '{"a":"ü"}']);
    expect(call.headers).toMatchObject({
      "content-type": "application/json",
      "content-length": "10",
      "x-kind": "order",
      "idempotency-key": "o-1",
      "isthmus-duty": "east;epoch=412",
      "user-agent": "isthmus",
    });
    expect(call.answer).toMatchObject({ verdict: "delivered", against: "nobody", sent: true });
  });

  it("goes below the path of the site's url, to the connector's path where the translation names none", async () => {
    const double = await site();
    const sender = senderTo({ ...double, url: `${double.url}/api/` }, { options: { path: "/in" } });
    await send(sender, { output: { method: "PUT", body: 1 } });
    await send(sender, { output: { path: "/other", method: "DELETE" } });
    expect(double.calls.map(({ method, url }) => `${method} ${url}`)).toEqual(["PUT /api/in", "DELETE /api/other"]);
  });

  it("carries the event's trace context, and no other text in its place", async () => {
    const traceparent = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
    const traced = await sentBy({}, { payload: JSON.stringify({ ...event, traceparent }) });
    expect(traced.headers.traceparent).toBe(traceparent);
    const wrong = await sentBy({}, { payload: JSON.stringify({ ...event, traceparent: "x\r\ny: z" }) });
    expect(wrong.headers.traceparent).toBeUndefined();
  });

  it("is compressed where asked and worth it, and signed as it was before", async () => {
    const options = { compress: "gzip", sign: { scheme: "standard-webhooks", key: { secret: "whsec" } } } as const;
    const body = { a: "x".repeat(5_000) };
    const call = await sentBy({ options }, { output: { body } });
    expect(call.headers["content-encoding"]).toBe("gzip");
    const text = gunzipSync(call.body).toString("utf8");
    expect(JSON.parse(text)).toEqual(body);
    const signature = new Webhook(secrets.whsec?.[0] ?? "").sign("o-1", new Date(nowMs), text);
    expect(call.headers["webhook-signature"]).toBe(signature);
    expect((await sentBy({ options })).headers["content-encoding"]).toBeUndefined();
  });
});

describe("the identity", () => {
  const header = { kind: "header", header: "x-request-id", remembersMs: 1, across: "sites" } as const;
  it("stands in the header that the taker reads", async () => {
    const plain = await sentBy({ spec: { idempotency: { ...header, format: "event-id" } } });
    expect(plain.headers["x-request-id"]).toBe("o-1");
    expect(plain.headers["idempotency-key"]).toBeUndefined();
  });

  it("is a UUID of source and id where asked: the same each time, another for another source", async () => {
    const spec = { idempotency: { ...header, format: "uuid" } } as const;
    const first = (await sentBy({ spec })).headers["x-request-id"];
    const again = (await sentBy({ spec }, { attempt: 2, duty: { region: "west", epoch: 413 } })).headers[
      "x-request-id"
    ];
    const other = (await sentBy({ spec }, { identity: "/other/orders o-1" })).headers["x-request-id"];
    expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([again === first, other === first]).toEqual([true, false]);
  });

  it.each(["a\r\nx-admin: 1", "größe", "two words", "x".repeat(300), "\u0000"])(
    "goes as its UUID where no header can carry the id: %j",
    async (id) => {
      const call = await sentBy({}, { identity: `/shop/orders ${id}` });
      expect(call.headers["idempotency-key"]).toMatch(/^[0-9a-f-]{36}$/);
      expect(call.headers["x-admin"]).toBeUndefined();
    },
  );

  it("may be set by the translation where the connector names no header", async () => {
    const call = await sentBy({}, { output: { headers: { "Idempotency-Key": "mine" } } });
    expect(call.headers["idempotency-key"]).toBe("mine");
  });
});

describe("formats and signatures", () => {
  it("CloudEvents: the event with the translated data", async () => {
    const call = await sentBy({ options: { format: "cloudevents" } }, { output: { body: { b: 2 } } });
    expect(call.headers["content-type"]).toMatch(/^application\/cloudevents\+json/);
    expect(JSON.parse(call.text)).toMatchObject({
      ...event,
      time: "2023-11-14T22:00:00.000Z",
      specversion: "1.0",
      data: { b: 2 },
    });
  });

  it("Standard Webhooks: proved by the published library", async () => {
    const sign = { scheme: "standard-webhooks", key: { secret: "whsec" } } as const;
    const call = await sentBy({ options: { format: "standard-webhooks", sign } });
    expect(JSON.parse(call.text)).toEqual({ a: 1 });
    expect(call.headers).toMatchObject({ "webhook-id": "o-1", "webhook-timestamp": "1700000000" });
    vi.useFakeTimers({ now: nowMs, toFake: ["Date"] });
    try {
      const headers = Object.fromEntries(Object.entries(call.headers).map(([name, value]) => [name, String(value)]));
      expect(new Webhook(secrets.whsec?.[0] ?? "").verify(call.text, headers)).toEqual({ a: 1 });
    } finally {
      vi.useRealTimers();
    }
  });

  it("Standard Webhooks: signs with both secrets while they rotate, the current one first", async () => {
    const sign = { scheme: "standard-webhooks", key: { secret: "rotating" } } as const;
    secrets.rotating = ["whsec_bmV3IG9uZQ==", "whsec_b2xkIG9uZQ=="];
    const call = await sentBy({ options: { sign } });
    const expected = secrets.rotating.map((one) => new Webhook(one).sign("o-1", new Date(nowMs), call.text));
    expect(call.headers["webhook-signature"]).toBe(expected.join(" "));
  });

  it("HMAC over what the connector names", async () => {
    const sign = {
      scheme: "hmac",
      key: { secret: "key" },
      header: "x-sig",
      algorithm: "sha512",
      encoding: "hex",
      prefix: "v=",
      content: ["timestamp", ".", { header: "x-kind" }, ".", "body"],
      timestamp: { header: "x-time", toleranceMs: 1 },
    } as const;
    const call = await sentBy({ options: { sign } }, { output: { headers: { "x-kind": "k" }, body: 1 } });
    const digest = createHmac("sha512", "token").update("1700000000.k.1").digest("hex");
    expect(call.headers).toMatchObject({ "x-time": "1700000000", "x-sig": `v=${digest}` });
  });
});

describe("credentials of a site", () => {
  const password = { secret: "key" };
  const kinds: readonly (readonly [AuthSpec, string, string])[] = [
    [{ kind: "bearer", token: password }, "authorization", "Bearer token"],
    [{ kind: "api-key", header: "X-Api-Key", key: password }, "x-api-key", "token"],
    [{ kind: "basic", user: "me", password }, "authorization", `Basic ${Buffer.from("me:token").toString("base64")}`],
  ];
  it.each(kinds)("$kind", async (auth, header, value) => {
    expect((await sentBy({ site: { auth } })).headers[header]).toBe(value);
  });

  it("rotate without a restart", async () => {
    const double = await site();
    secrets.turning = ["old"];
    const sender = senderTo(double, { site: { auth: { kind: "bearer", token: { secret: "turning" } } } });
    await send(sender);
    secrets.turning = ["new", "old"];
    await send(sender);
    expect(double.calls.map(({ headers }) => headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
  });

  it.each([[[]], [["line\r\nx-admin: 1"]]])(
    "that are missing or no header (%j) send nothing and show no value",
    async (values) => {
      secrets.bad = values;
      const double = await site();
      const answer = await send(senderTo(double, { site: { auth: { kind: "bearer", token: { secret: "bad" } } } }));
      expect(answer).toEqual({
        verdict: "retry",
        against: "credentials",
        sent: false,
        waitMs: null,
        reason: "the secret 'bad' is not set",
      });
      expect(double.connections()).toBe(0);
    },
  );
});

describe("a translation that asks for what must not be sent is a fault, and nothing is sent", () => {
  const outputs: readonly (readonly [string, unknown])[] = [
    ["a header with a line break", { headers: { "x-a": "1\r\nx-admin: 1" } }],
    ["a header name with a line break", { headers: { "x-a: 1\r\nx-admin": "1" } }],
    ["a header of the framing", { headers: { "Content-Length": "0" } }],
    ["another host", { headers: { host: "169.254.169.254" } }],
    ["the duty of another region", { headers: { "isthmus-duty": "west" } }],
    ["a path with a line break", { path: "/a HTTP/1.1\r\nhost: b\r\n\r\nGET /b" }],
    ["an absolute url", { path: "http://169.254.169.254/" }],
    ["another host as path", { path: "//169.254.169.254/latest" }],
    ["a path that climbs", { path: "/orders/../admin" }],
    ["a path that climbs, encoded", { path: "/orders/%2E%2e/admin" }],
    ["a path that climbs at its end", { path: "/orders/.." }],
    ["a backslash", { path: "/orders\\..\\admin" }],
    ["a fragment", { path: "/orders#x" }],
    ["a path that is no text", { path: 1 }],
    ["a body that cannot be written", { body: 1n }],
    ["no request", "text"],
  ];
  it.each(outputs)("%s", async (_name, output) => {
    const double = await site();
    expect(await send(senderTo(double), { output })).toMatchObject({ verdict: "fault", against: "event", sent: false });
    expect(double.connections()).toBe(0);
  });

  it("an unknown site too", async () => {
    const double = await site();
    expect(await send(senderTo(double), { site: "nowhere" })).toMatchObject({ verdict: "fault", sent: false });
  });
});

describe("the answer", () => {
  const table: readonly (readonly [number, Record<string, string>, Partial<Answer>])[] = [
    [200, {}, { verdict: "delivered", against: "nobody" }],
    [302, { location: "http://169.254.169.254/" }, { verdict: "retry", against: "site" }],
    [400, {}, { verdict: "fault", against: "event" }],
    [401, {}, { verdict: "retry", against: "credentials" }],
    [429, { "retry-after": "7" }, { verdict: "wait", against: "site", waitMs: 7_000 }],
    [503, { "retry-after": new Date(nowMs + 90_000).toUTCString() }, { verdict: "wait", waitMs: 90_000 }],
    [503, { "retry-after": "999999999" }, { verdict: "wait", waitMs: 86_400_000 }],
    [503, { "retry-after": "soon" }, { verdict: "retry", waitMs: null }],
    [500, {}, { verdict: "retry", against: "site" }],
    [504, {}, { verdict: "unknown", against: "site" }],
  ];
  it.each(table)("%i with %j", async (status, headers, expected) => {
    const double = await site(answers(status, headers));
    expect(await send(senderTo(double))).toMatchObject({ ...expected, sent: true });
    expect(double.calls.length).toBe(1);
  });

  it("is judged by the connector's own statuses", async () => {
    const double = await site(answers(409));
    expect(await send(senderTo(double, { options: { responses: { 409: "delivered" } } }))).toMatchObject({
      verdict: "delivered",
    });
  });

  const failed = ({ body }: HttpResponse) =>
    typeof body === "object" && body !== null && "error" in body ? "fault" : null;
  it("is judged by the connector's code where an error hides in a 200", async () => {
    const double = await site(answers(200, { "content-type": "application/json" }, '{"error":"closed"}'));
    expect(await send(senderTo(double, { functions: { judge: failed } }))).toMatchObject({
      verdict: "fault",
      sent: true,
    });
  });

  it("is text for the connector's code where it is no JSON", async () => {
    const seen: unknown[] = [];
    const judge = ({ body }: HttpResponse) => {
      seen.push(body);
      return null;
    };
    const double = await site(answers(200, { "content-type": "application/json" }, "{oops"));
    expect(await send(senderTo(double, { functions: { judge } }))).toMatchObject({ verdict: "delivered" });
    expect(seen).toEqual(["{oops"]);
  });

  it("is unknown where the connector's code fails", async () => {
    const judge = () => {
      throw new DefinitionFault("result-invalid", "judge: no verdict");
    };
    expect(await send(senderTo(await site(), { functions: { judge } }))).toMatchObject({
      verdict: "unknown",
      against: "us",
    });
  });

  it("longer than we read is unknown where its body decides, and its status decides where it does not", async () => {
    const long = answers(200, { "content-type": "application/json" }, `"${"x".repeat(1_500_000)}"`);
    const judged = await send(senderTo(await site(long), { functions: { judge: failed } }));
    expect(judged).toMatchObject({ verdict: "unknown", sent: true, reason: expect.stringContaining("longer than") });
    expect(await send(senderTo(await site(long)))).toMatchObject({ verdict: "delivered" });
  });

  it("whose body never ends counts by its status", async () => {
    const double = await site((_call, response) => void response.writeHead(200).write("x"));
    expect(await send(senderTo(double), { timeoutMs: 100 })).toMatchObject({ verdict: "delivered", sent: true });
  });
});

describe("no answer", () => {
  it("a hanging site is unknown after the timeout", async () => {
    const double = await site(hangs);
    expect(await send(senderTo(double), { timeoutMs: 50 })).toMatchObject({
      verdict: "unknown",
      sent: true,
      against: "site",
    });
  });

  it("a connection cut after the request is unknown", async () => {
    expect(await send(senderTo(await site(resets)))).toMatchObject({ verdict: "unknown", sent: true });
  });

  it("an answer that is no HTTP is unknown", async () => {
    const server = createServer((socket) => void socket.once("data", () => socket.end("HTTP/9 nonsense\r\n\r\n")));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    open.push({ close: () => server.close() });
    const address = server.address();
    const endpoint = `127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
    expect(await send(senderTo({ url: `http://${endpoint}`, endpoint }))).toMatchObject({
      verdict: "unknown",
      sent: true,
    });
  });

  it("a refused connection, a missing name and a failed handshake are certainly not sent", async () => {
    const double = await site();
    const { url, endpoint } = double;
    const tls = senderTo({ url: url.replace("http:", "https:"), endpoint });
    expect(await send(tls)).toMatchObject({ verdict: "retry", sent: false, reason: expect.stringContaining("TLS") });
    const named = senderTo(
      { url: "http://partner.example", endpoint },
      { network: { lookup: (_name, done) => done(Object.assign(new Error("no"), { code: "ENOTFOUND" }), []) } },
    );
    expect(await send(named)).toMatchObject({ verdict: "retry", against: "site", sent: false });
    await double.close();
    expect(await send(senderTo(double))).toMatchObject({ verdict: "retry", against: "site", sent: false });
  });

  it("an address that is not allowed is a fault of ours, and no connection is opened", async () => {
    const double = await site();
    const answer = await send(senderTo(double, { network: { loopback: [] } }));
    expect(answer).toMatchObject({ verdict: "fault", against: "us", sent: false });
    expect(double.connections()).toBe(0);
  });
});

describe("leave to write", () => {
  it("is asked once, when the connection stands, and without it not one byte is written", async () => {
    const double = await site();
    const asked: number[] = [];
    const mayWrite = () => {
      asked.push(double.connections());
      return false;
    };
    const sender = senderTo(double);
    const answer = await send(sender, { mayWrite });
    expect(answer).toMatchObject({ verdict: "retry", against: "us", sent: false });
    await vi.waitFor(() => expect(double.connections()).toBe(1));
    expect([asked.length, double.bytes(), double.calls.length]).toEqual([1, 0, 0]);
  });

  it("is asked on a connection that is already open too", async () => {
    const double = await site();
    const sender = senderTo(double);
    await send(sender);
    const before = double.bytes();
    expect(await send(sender, { mayWrite: () => false })).toMatchObject({ sent: false });
    expect(await send(sender)).toMatchObject({ verdict: "delivered" });
    expect([double.calls.length, double.bytes()]).toEqual([2, before * 2]);
  });

  it("is asked in the tick of the write: a lease that ends while connecting sends nothing", async () => {
    const double = await site();
    let holds = true;
    const lookup: NetworkOptions["lookup"] = (_name, done) => {
      holds = false;
      done(null, [{ address: "127.0.0.1", family: 4 }]);
    };
    const url = double.url.replace("127.0.0.1", "partner.example");
    const sender = senderTo({ url, endpoint: double.endpoint }, { network: { lookup } });
    expect(await send(sender, { mayWrite: () => holds })).toMatchObject({ sent: false });
    expect(double.bytes()).toBe(0);
  });
});

describe("abort", () => {
  it("after the write is unknown, and cuts the connection", async () => {
    let cut = false;
    const double = await site((_call, response) => void response.once("close", () => (cut = true)));
    const sender = senderTo(double);
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const sending = sender.send(deliveryOf(), resolve);
    await vi.waitFor(() => expect(double.calls.length).toBe(1));
    sending.abort();
    expect(await promise).toMatchObject({ verdict: "unknown", against: "us", sent: true });
    await vi.waitFor(() => expect(cut).toBe(true));
  });

  it("before the write sends nothing, also when the connection stands later", async () => {
    const double = await site();
    let connect: () => void = () => undefined;
    const lookup: NetworkOptions["lookup"] = (_name, done) => {
      connect = () => done(null, [{ address: "127.0.0.1", family: 4 }]);
    };
    const url = double.url.replace("127.0.0.1", "partner.example");
    const sender = senderTo({ url, endpoint: double.endpoint }, { network: { lookup } });
    const found: Answer[] = [];
    const asked = vi.fn(() => true);
    sender.send(deliveryOf({ mayWrite: asked }), (answer) => found.push(answer)).abort();
    expect(found).toMatchObject([{ verdict: "retry", against: "us", sent: false }]);
    connect();
    await vi.waitFor(() => expect(double.connections()).toBe(1));
    expect(await send(senderTo(double))).toMatchObject({ verdict: "delivered" });
    expect([asked.mock.calls.length, double.calls.length, found.length]).toEqual([0, 1, 1]);
  });

  it("after the end changes nothing", async () => {
    const double = await site();
    const done = vi.fn();
    const sending = senderTo(double).send(deliveryOf(), done);
    await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
    sending.abort();
    expect(done).toHaveBeenCalledOnce();
  });
});

describe("probe", () => {
  const probe = (sender: HttpSender): Promise<boolean> =>
    new Promise((resolve) => sender.probe("orders", "main", resolve));

  it.each([
    [200, true],
    [404, true],
    [401, true],
    [500, false],
    [503, false],
  ])("a site that answers %i: %s", async (status, expected) => {
    const double = await site(answers(status));
    expect(await probe(senderTo({ ...double, url: `${double.url}/api` }))).toBe(expected);
    expect(double.calls.map(({ method, url }) => `${method} ${url}`)).toEqual(["HEAD /api"]);
    expect(double.calls[0]?.headers.authorization).toBeUndefined();
  });

  it("a site that is not there, or not allowed, is not there", async () => {
    const double = await site();
    expect(await probe(senderTo(double, { network: { loopback: [] } }))).toBe(false);
    await double.close();
    expect(await probe(senderTo(double))).toBe(false);
  });
});

describe("lookup", () => {
  const lookup = {
    request: ({ id }: { readonly id: string }) => ({ path: "/orders", query: { id } }),
    found: ({ status, body }: HttpResponse) =>
      status === 200
        ? typeof body === "object" && body !== null && "found" in body && body.found === true
        : ("unknown" as const),
  };
  const ask = (sender: HttpSender) => new Promise((resolve) => sender.lookup(deliveryOf(), resolve));
  const json = { "content-type": "application/json" };

  it.each([
    ["found", answers(200, json, '{"found":true}')],
    ["not-found", answers(200, json, '{"found":false}')],
    ["unknown", answers(500)],
    ["unknown", resets],
  ] as const)("%s", async (expected, behaviour) => {
    const double = await site(behaviour);
    const auth = { kind: "bearer", token: { secret: "key" } } as const;
    expect(await ask(senderTo(double, { functions: { lookup }, site: { auth } }))).toBe(expected);
    expect(double.calls.map(({ method, url, headers }) => [method, url, headers.authorization])).toEqual([
      ["GET", "/orders?id=o-1", "Bearer token"],
    ]);
  });

  it("whose code fails is unknown", async () => {
    const bad = {
      ...lookup,
      found: () => {
        throw new Error("no");
      },
    };
    expect(await ask(senderTo(await site(), { functions: { lookup: bad } }))).toBe("unknown");
  });
});

describe("refused at construction", () => {
  const key = { secret: "key" };
  const cases: readonly (readonly [string, Setting, RegExp])[] = [
    [
      "oauth2",
      { site: { auth: { kind: "oauth2", tokenUrl: "", clientId: "", client: { secret: key } } } },
      /^partner\.sites\.main\.auth: oauth2 is not built yet/,
    ],
    ["mtls", { site: { auth: { kind: "mtls", certificate: key, key } } }, /mtls is not built yet/],
    ["sigv4", { site: { auth: { kind: "sigv4", role: "r" } } }, /sigv4 is not built yet/],
    ["form", { options: { format: "form" } }, /^via\.format: form is not built yet/],
    ["batch", { options: { batch: { max: 2, withinMs: 1 } } }, /^via\.batch/],
    ["a url per tenant", { site: { url: "https://{tenant}.example" } }, /per tenant/],
    ["no url", { site: { url: "ftp://partner.example" } }, /not an http or https url/],
    ["credentials in a url", { site: { url: "https://a:b@partner.example" } }, /must not hold credentials/],
    ["a query in a url", { site: { url: "https://partner.example/?a=b" } }, /no query/],
  ];
  it.each(cases)("%s", (_name, setting, message) => {
    expect(() => senderTo({ url: "https://partner.example", endpoint: "127.0.0.1:1" }, setting)).toThrow(message);
  });
});
