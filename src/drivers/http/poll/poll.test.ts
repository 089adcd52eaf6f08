import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import type { ReadAnswer } from "../../../core/ports.ts";
import type { AuthSpec } from "../../../define/spec.ts";
import { answers, type Behaviour } from "../site/site-double.ts";
import { answering, idsOf, nowMs, read, readerOf, type Setting, source } from "./testing.ts";

const json = { "content-type": "application/json" };
const giving = (...items: readonly unknown[]): Behaviour => answering(() => ({ body: { items } }));
const answer = async (behaviour: Behaviour, setting: Setting = {}): Promise<ReadAnswer> =>
  read(readerOf(await source(behaviour), setting));

describe("the answer", () => {
  const table: readonly (readonly [number, Record<string, string>, Partial<ReadAnswer>])[] = [
    [301, { location: "http://169.254.169.254/" }, { verdict: "retry", against: "site" }],
    [400, {}, { verdict: "fault", against: "us" }],
    [401, {}, { verdict: "retry", against: "credentials" }],
    [404, {}, { verdict: "fault", against: "us" }],
    [410, {}, { verdict: "fault", against: "us" }],
    [429, { "retry-after": "7" }, { verdict: "wait", against: "site", waitMs: 7_000 }],
    [503, { "retry-after": new Date(nowMs + 90_000).toUTCString() }, { verdict: "wait", waitMs: 90_000 }],
    [500, {}, { verdict: "retry", against: "site" }],
    [504, {}, { verdict: "unknown", against: "site" }],
  ];
  it.each(table)("%i with %j is no page", async (status, headers, expected) => {
    const double = await source(answers(status, headers, '{"items":[{"id":"a"}],"next":"2"}'));
    expect(await read(readerOf(double))).toMatchObject({ ...expected, sent: true, page: null });
    expect(double.calls.length).toBe(1);
  });

  it.each([204, 304])("%i is an empty page", async (status) => {
    expect(await answer(answers(status))).toMatchObject({
      verdict: "delivered",
      page: { inputs: [], cursor: null, more: false },
    });
  });

  it.each([
    ["a page for people", "<html>We are sorry</html>", "no JSON"],
    ["nothing", "", "no JSON"],
    ["a number", "7", "no list at /items"],
    ["null", "null", "no list at /items"],
    ["an error", '{"error":"closed"}', "no list at /items"],
    ["what is no list", '{"items":{"a":1}}', "no list at /items"],
    ["an item of endless depth", `{"items":[${"[".repeat(50_000)}${"]".repeat(50_000)}]}`, "cannot be stored"],
    ["too many items", JSON.stringify({ items: Array(10_001).fill(1) }), "more than 10000"],
  ])("that all is well, with %s, is no page and says why", async (_what, body, reason) => {
    expect(await answer(answers(200, json, body))).toMatchObject({
      verdict: "retry",
      against: "site",
      sent: true,
      reason: expect.stringContaining(reason),
      page: null,
    });
  });

  it("that is JSON is read whatever it is called", async () => {
    expect(idsOf(await answer(answers(200, { "content-type": "text/plain" }, '{"items":[{"id":"a"}]}')))).toEqual([
      "a",
    ]);
  });

  it("that is compressed is not read: how long it is nobody knows", async () => {
    const zipped: Behaviour = (_call, response) =>
      void response.writeHead(200, { ...json, "content-encoding": "gzip" }).end(gzipSync('{"items":[]}'));
    const double = await source(zipped);
    expect(await read(readerOf(double))).toMatchObject({
      verdict: "retry",
      against: "site",
      reason: expect.stringContaining("compressed (gzip)"),
      page: null,
    });
    expect(double.calls[0]?.headers["accept-encoding"]).toBe("identity");
  });

  it("longer than a page may be is cut off", async () => {
    const endless: Behaviour = (_call, response) => {
      response.writeHead(200, json);
      const write = (): void => {
        while (!response.destroyed && response.write(" ".repeat(100_000)));
        response.once("drain", write);
      };
      write();
    };
    expect(await answer(endless)).toMatchObject({
      verdict: "unknown",
      against: "site",
      reason: expect.stringContaining("longer than 10000000 bytes"),
      page: null,
    });
  });

  it("that is cut short is no page", async () => {
    const cut: Behaviour = (_call, response) => {
      response.writeHead(200, json).write('{"items":[');
      response.socket?.end();
    };
    expect(await answer(cut)).toMatchObject({ verdict: "unknown", sent: true, page: null });
  });
});

describe("a request", () => {
  it("reads the connector's path below the site's, and says for which duty", async () => {
    const double = await source(giving());
    const reader = readerOf({ ...double, url: `${double.url}/api/` }, { options: { path: "orders?limit=100" } });
    await read(reader, "7");
    const [call] = double.calls;
    expect([call?.method, call?.url, call?.body.length]).toEqual(["GET", "/api/orders?limit=100&after=7", 0]);
    expect(call?.headers).toMatchObject({
      accept: "application/json",
      "accept-encoding": "identity",
      "isthmus-duty": "east;epoch=412",
      "user-agent": "isthmus",
    });
  });

  it.each([
    [{ kind: "bearer", token: { secret: "key" } }, "authorization", "Bearer s3cret"],
    [{ kind: "api-key", header: "X-Key", key: { secret: "key" } }, "x-key", "s3cret"],
    [{ kind: "basic", user: "we", password: { secret: "key" } }, "authorization", `Basic ${btoa("we:s3cret")}`],
  ] satisfies readonly [AuthSpec, string, string][])("proves who we are: %o", async (auth, header, expected) => {
    const double = await source(giving());
    await read(readerOf(double, { site: { auth }, secrets: { key: ["s3cret"] } }));
    expect(double.calls[0]?.headers[header]).toBe(expected);
  });

  it("proves it with the secret as it is now", async () => {
    const secrets: Record<string, readonly string[]> = { key: ["old"] };
    const double = await source(giving());
    const reader = readerOf(double, { site: { auth: { kind: "bearer", token: { secret: "key" } } }, secrets });
    await read(reader);
    secrets.key = ["new"];
    await read(reader);
    secrets.key = [];
    expect(await read(reader)).toMatchObject({
      verdict: "retry",
      against: "credentials",
      sent: false,
      reason: "the secret 'key' is not set",
    });
    expect(double.calls.map(({ headers }) => headers.authorization)).toEqual(["Bearer old", "Bearer new"]);
  });

  it("is not made at a site that the partner does not have, or whose address it must not have", async () => {
    const double = await source(giving());
    const none = { sent: false, page: null, verdict: "fault", against: "us" };
    expect(await read(readerOf(double), null, { site: "elsewhere" })).toMatchObject(none);
    expect(await read(readerOf({ ...double, endpoint: "127.0.0.1:1" }))).toMatchObject(none);
    expect(double.bytes()).toBe(0);
  });
});
