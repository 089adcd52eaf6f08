import { createServer } from "node:net";
import { describe, expect, it, vi } from "vitest";
import type { Answer } from "../../../core/ports.ts";
import { DefinitionFault } from "../../../define/faults.ts";
import type { HttpResponse } from "../../../define/model.ts";
import type { NetworkOptions } from "../../port.ts";
import { answers, hangs, resets } from "../site/site-double.ts";
import type { HttpSender } from "./send.ts";
import { deliveryOf, nowMs, open, send, senderTo, site } from "./testing.ts";

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

describe("a sender that is closed", () => {
  it("lets open requests end, and sends nothing more", async () => {
    const { promise: asked, resolve: answer } = Promise.withResolvers<() => void>();
    const double = await site((_call, response) => answer(() => response.writeHead(204).end()));
    const sender = senderTo(double);
    const opened = send(sender);
    const respond = await asked;
    const closed = new Promise<void>((resolve) => sender.close(resolve));
    expect(await send(sender)).toMatchObject({ verdict: "retry", against: "us", sent: false });
    respond();
    expect(await opened).toMatchObject({ verdict: "delivered" });
    await closed;
    expect(double.calls.length).toBe(1);
  });
});
