import { createHmac } from "node:crypto";
import { gunzipSync } from "node:zlib";
import { CloudEvent } from "cloudevents";
import { Webhook } from "standardwebhooks";
import { describe, expect, it, vi } from "vitest";
import type { AuthSpec } from "../../../define/spec.ts";
import { event, nowMs, type Setting, secrets, send, senderTo, sentBy, site } from "./testing.ts";

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
  it("CloudEvents: the event with the translated data, valid for the published library", async () => {
    const call = await sentBy({ options: { format: "cloudevents" } }, { output: { body: { b: 2 } } });
    expect(call.headers["content-type"]).toMatch(/^application\/cloudevents\+json/);
    expect(() => new CloudEvent(JSON.parse(call.text))).not.toThrow();
    expect(JSON.parse(call.text)).toEqual({ ...event, specversion: "1.0", data: { b: 2 } });
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
    ["a method that is none", { method: "GET / HTTP/1.1\r\nx:" }],
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

describe("refused at construction", () => {
  const key = { secret: "key" };
  const cases: readonly (readonly [string, Setting, RegExp])[] = [
    [
      "a token endpoint that is no address",
      { site: { auth: { kind: "oauth2", tokenUrl: "", clientId: "", client: { secret: key } } } },
      /^partner\.sites\.main\.auth\.tokenUrl: not an http or https url/,
    ],
    [
      "a client certificate that nothing shows",
      { site: { url: "http://partner.example", auth: { kind: "mtls", certificate: key, key } } },
      /mtls proves who we are by TLS: use https/,
    ],
    [
      "sigv4 where no role is ours",
      { site: { region: "us-east-1", auth: { kind: "sigv4", role: "r" } } },
      /^partner\.sites\.main\.auth: sigv4 needs a platform/,
    ],
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
