import { describe, expect, it, vi } from "vitest";
import { deliveryOf } from "../send/testing.ts";
import { answers, type Behaviour } from "../site/site-double.ts";
import { double, never, send, senderIn } from "./testing.ts";
import { authOf, gives, json, refuses, secret, tokensAt, worldOf } from "./testing-issuer.ts";

describe("without a token nothing is sent, and it counts against our credentials", () => {
  const troubles: readonly (readonly [string, Behaviour, RegExp])[] = [
    ["a wrong secret", answers(401, json, '{"error":"invalid_client"}'), /refuses our client: invalid_client/],
    ["a scope that we may not have", answers(400, json, '{"error":"invalid_scope"}'), /gives no token: invalid_scope/],
    [
      "an error that repeats what we sent",
      answers(400, json, JSON.stringify({ error: secret })),
      /gives no token: it answered 400/,
    ],
    ["a challenge", answers(401, { "www-authenticate": 'Basic realm="x"' }), /refuses our client: it answered 401/],
    ["an endpoint that fails", answers(500, { "content-type": "text/html" }, "<p>sorry</p>"), /no token/],
    ["an apology with 200", answers(200, { "content-type": "text/html" }, "<p>sorry</p>"), /no token/],
    [
      "a token of a kind that we do not know",
      answers(200, json, '{"access_token":"t","token_type":"mac"}'),
      /no token/,
    ],
    [
      "a token that is another header",
      answers(200, json, '{"access_token":"t\\r\\nx: y","token_type":"Bearer"}'),
      /no token/,
    ],
    ["a document without end", answers(200, json, `{"access_token":"${"x".repeat(300_000)}"}`), /no token/],
    ["a redirect", answers(302, { location: "http://169.254.169.254/" }), /no token/],
  ];
  it.each(troubles)("%s", async (_name, issue, reason) => {
    const { sender, site } = await worldOf(issue);
    const answer = await send(sender);
    expect(answer).toMatchObject({ ...never, reason: expect.stringMatching(reason) });
    expect(JSON.stringify(answer)).not.toContain(secret);
    expect(site.bytes()).toBe(0);
  });

  it("an endpoint that is down", async () => {
    const { issuer, sender, site } = await worldOf();
    await issuer.close();
    expect(await send(sender)).toMatchObject(never);
    expect(site.bytes()).toBe(0);
  });

  it("an endpoint that is slow: the request's own time ends it, and the token serves the next", async () => {
    const { promise: asked, resolve: answer } = Promise.withResolvers<() => void>();
    const give = gives();
    const { sender, site } = await worldOf((call, response) => answer(() => give(call, response)));
    const slow = await send(sender, { timeoutMs: 50 });
    expect(slow).toMatchObject({ ...never, reason: "no credentials in time" });
    (await asked)();
    await vi.waitFor(async () => expect(await send(sender)).toMatchObject({ verdict: "delivered" }));
    expect(tokensAt(site)).toEqual(["Bearer t-1"]);
  });

  it("an endpoint at an address that is not allowed: no connection is opened", async () => {
    const [issuer, site] = [await double(gives()), await double()];
    const sender = senderIn({
      auth: authOf(issuer),
      url: site.url,
      loopback: [site.endpoint],
      secrets: { client: [secret] },
    });
    expect(await send(sender)).toMatchObject({ ...never, reason: expect.stringContaining("address refused") });
    expect([issuer.connections(), site.bytes()]).toEqual([0, 0]);
  });

  it("a name whose address is judged when the socket connects", async () => {
    const [issuer, site] = [await double(gives()), await double()];
    const named = { url: issuer.url.replace("127.0.0.1", "login.example") };
    const sender = senderIn({
      auth: authOf(named),
      url: site.url,
      loopback: [issuer.endpoint, site.endpoint],
      secrets: { client: [secret] },
      network: { lookup: (_name, done) => done(null, [{ address: "169.254.169.254", family: 4 }]) },
    });
    expect(await send(sender)).toMatchObject({ ...never, reason: expect.stringContaining("address refused") });
    expect(issuer.connections()).toBe(0);
  });

  it("is not asked for again at once, however much waits", async () => {
    const { issuer, sender, now } = await worldOf(answers(500));
    for (let sent = 0; sent < 5; sent += 1) await send(sender);
    expect(issuer.calls.length).toBe(1);
    issuer.behave(gives());
    now.ms += 1_000;
    expect(await send(sender)).toMatchObject({ verdict: "delivered" });
  });
});

describe("a site that answers 401", () => {
  it("once is sent the request again, once, with another token and the same identity", async () => {
    const { issuer, site, sender } = await worldOf();
    site.behave(refuses("t-1"));
    expect(await send(sender)).toMatchObject({ verdict: "delivered", sent: true });
    expect(tokensAt(site)).toEqual(["Bearer t-1", "Bearer t-2"]);
    expect(new Set(site.calls.map(({ headers }) => headers["idempotency-key"])).size).toBe(1);
    expect(issuer.calls.length).toBe(2);
  });

  it("for ever is asked twice, and then it counts against our credentials", async () => {
    const { issuer, site, sender } = await worldOf();
    site.behave(answers(401));
    expect(await send(sender)).toMatchObject({ verdict: "retry", against: "credentials", sent: true });
    expect([site.calls.length, issuer.calls.length]).toEqual([2, 2]);
  });

  it("to many at once makes one token be fetched for all", async () => {
    const { issuer, site, sender } = await worldOf();
    await send(sender);
    site.behave(refuses("t-1"));
    const sent = await Promise.all(Array.from({ length: 10 }, () => send(sender)));
    expect(sent.every(({ verdict }) => verdict === "delivered")).toBe(true);
    expect(issuer.calls.length).toBe(2);
  });

  it("while there is no other token: the 401 is what is told", async () => {
    const { issuer, site, sender } = await worldOf();
    await send(sender);
    site.behave(answers(401));
    issuer.behave(answers(503));
    expect(await send(sender)).toMatchObject({ verdict: "retry", against: "credentials", sent: true });
    expect(site.calls.length).toBe(2);
  });

  it("is not written to again where the lease has ended", async () => {
    const { site, sender } = await worldOf();
    let holds = true;
    site.behave((call, response) => {
      holds = false;
      answers(401)(call, response);
    });
    const answer = await send(sender, { mayWrite: () => holds });
    expect(answer).toMatchObject({ verdict: "retry", against: "credentials", sent: true });
    expect(site.calls.length).toBe(1);
  });
});

describe("while a token is fetched", () => {
  it("nothing is written by a lease that ends meanwhile: it is asked in the tick of the write", async () => {
    let holds = true;
    const give = gives();
    const { site, sender } = await worldOf((call, response) => {
      holds = false;
      give(call, response);
    });
    expect(await send(sender, { mayWrite: () => holds })).toMatchObject({ against: "us", sent: false });
    expect(site.bytes()).toBe(0);
  });

  it("a request that is ended is answered at once, once, and never written", async () => {
    const { promise: asked, resolve: answer } = Promise.withResolvers<() => void>();
    const give = gives();
    const { site, sender } = await worldOf((call, response) => answer(() => give(call, response)));
    const done = vi.fn();
    const sending = sender.send(deliveryOf(), done);
    const respond = await asked;
    sending.abort();
    expect(done.mock.calls).toMatchObject([[{ verdict: "retry", against: "us", sent: false }]]);
    respond();
    expect(await send(sender)).toMatchObject({ verdict: "delivered" });
    expect([done.mock.calls.length, site.calls.length]).toEqual([1, 1]);
  });
});
