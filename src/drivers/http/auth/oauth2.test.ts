import { generateKeyPairSync } from "node:crypto";
import { exportJWK, jwtVerify } from "jose";
import { describe, expect, it, vi } from "vitest";
import type { ReadAnswer } from "../../../core/ports.ts";
import { contextOf, egressOf, ingressOf, partnerOf, pollSpecOf, sendSpecOf } from "../../testing.ts";
import { HttpReader } from "../poll/poll.ts";
import { readingOf } from "../poll/testing.ts";
import { HttpSender } from "../send/send.ts";
import { deliveryOf } from "../send/testing.ts";
import { accepts, answers, type Behaviour, type SiteDouble } from "../site/site-double.ts";
import type { OAuth2Spec } from "./oauth2.ts";
import { double, never, open, send, senderIn, type World } from "./testing.ts";

const secret = "s3cr3t/of:ours";
const json = { "content-type": "application/json" };
const authOf = (issuer: Pick<SiteDouble, "url">, change: Partial<OAuth2Spec> = {}): OAuth2Spec => ({
  kind: "oauth2",
  tokenUrl: `${issuer.url}/token`,
  clientId: "acme client",
  client: { secret: { secret: "client" } },
  ...change,
});

/** Gives `t-1`, `t-2` and so on. */
const gives = (lifetimeS: number | null = 3_600): Behaviour => {
  let given = 0;
  return (call, response) => {
    given += 1;
    const body = {
      access_token: `t-${given}`,
      token_type: "Bearer",
      ...(lifetimeS !== null && { expires_in: lifetimeS }),
    };
    answers(200, json, JSON.stringify(body))(call, response);
  };
};

/** Takes none of these tokens. */
const refuses =
  (...tokens: readonly string[]): Behaviour =>
  (call, response) => {
    const token = (call.headers.authorization ?? "").replace("Bearer ", "");
    (tokens.includes(token) ? answers(401) : accepts)(call, response);
  };

const worldOf = async (issue: Behaviour = gives(), change: Partial<World> = {}) => {
  const [issuer, site] = [await double(issue), await double()];
  const loopback = [issuer.endpoint, site.endpoint];
  const secrets: Record<string, readonly string[]> = { client: [secret] };
  const now = { ms: Date.now() };
  const sender = senderIn({ auth: authOf(issuer), url: site.url, loopback, secrets, now, ...change });
  return { issuer, site, sender, secrets, now, loopback };
};
const tokensAt = ({ calls }: SiteDouble) => calls.map(({ headers }) => headers.authorization);
const askedOf = ({ calls }: SiteDouble) => calls.map(({ body }) => new URLSearchParams(body.toString("utf8")));

describe("a token", () => {
  it("is fetched once for all that are sent at once, and kept", async () => {
    const { issuer, site, sender } = await worldOf();
    const sent = await Promise.all(Array.from({ length: 20 }, () => send(sender)));
    expect(sent.every(({ verdict }) => verdict === "delivered")).toBe(true);
    expect(await send(sender)).toMatchObject({ verdict: "delivered" });
    expect(issuer.calls.length).toBe(1);
    expect(new Set(tokensAt(site))).toEqual(new Set(["Bearer t-1"]));
  });

  it("is asked for with the client's secret, the scope and the audience", async () => {
    const issuer = await double(gives());
    const site = await double();
    const loopback = [issuer.endpoint, site.endpoint];
    const auth = authOf(issuer, { scope: "orders:write", audience: "https://api.example" });
    await send(senderIn({ auth, url: site.url, loopback, secrets: { client: [secret] } }));
    const [call] = issuer.calls;
    expect([call?.method, call?.url, call?.headers["content-type"]]).toEqual([
      "POST",
      "/token",
      expect.stringContaining("application/x-www-form-urlencoded"),
    ]);
    const [, basic = ""] = (call?.headers.authorization ?? "").split(" ");
    // The parts are encoded before they are joined (RFC 6749, 2.3.1).
    expect(Buffer.from(basic, "base64").toString()).toBe("acme+client:s3cr3t%2Fof%3Aours");
    expect(askedOf(issuer).map((asked) => Object.fromEntries(asked))).toEqual([
      { grant_type: "client_credentials", scope: "orders:write", audience: "https://api.example" },
    ]);
  });

  it("is fetched anew before it ends, while the one that is good still goes out", async () => {
    const { issuer, site, sender, now } = await worldOf(gives(3_600));
    await send(sender);
    now.ms += 3_530_000;
    await send(sender);
    expect(issuer.calls.length).toBe(1);
    now.ms += 20_000;
    await send(sender);
    await vi.waitFor(() => expect(issuer.calls.length).toBe(2));
    await vi.waitFor(async () => {
      await send(sender);
      expect(tokensAt(site).at(-1)).toBe("Bearer t-2");
    });
    expect(tokensAt(site).slice(0, 3)).toEqual(["Bearer t-1", "Bearer t-1", "Bearer t-1"]);
    expect(issuer.calls.length).toBe(2);
  });

  it("that has ended is not sent: the next one is waited for", async () => {
    const { site, sender, now } = await worldOf(gives(60));
    await send(sender);
    now.ms += 60_000;
    await send(sender);
    expect(tokensAt(site)).toEqual(["Bearer t-1", "Bearer t-2"]);
  });

  it("of which nobody says how long it is good is fetched anew after five minutes", async () => {
    const { issuer, sender, now } = await worldOf(gives(null));
    await send(sender);
    now.ms += 200_000;
    await send(sender);
    expect(issuer.calls.length).toBe(1);
    now.ms += 100_000;
    await send(sender);
    expect(issuer.calls.length).toBe(2);
  });

  it("proves a reader as well", async () => {
    const [issuer, site] = [await double(gives()), await double(answers(200, json, "[]"))];
    const reader = new HttpReader(
      pollSpecOf(
        { cursor: { kind: "token", query: "after", next: "/next" } },
        { partner: partnerOf({ sites: { main: { url: site.url, auth: authOf(issuer), maintenance: [] } } }) },
      ),
      ingressOf({ id: () => "1" }),
      contextOf({ client: [secret] }, { loopback: [issuer.endpoint, site.endpoint] }),
    );
    open.push({ close: () => new Promise<void>((resolve) => reader.close(resolve)) });
    const answer = await new Promise<ReadAnswer>((resolve) => void reader.read(readingOf(), resolve));
    expect(answer.page?.inputs).toEqual([]);
    expect(tokensAt(site)).toEqual(["Bearer t-1"]);
  });
});

describe("a client that is proved by a key", () => {
  const pairs = {
    RS256: generateKeyPairSync("rsa", { modulusLength: 2_048 }),
    ES256: generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
    Ed25519: generateKeyPairSync("ed25519"),
  };
  it.each(Object.entries(pairs))("signs an assertion for the endpoint: %s", async (alg, { publicKey, privateKey }) => {
    const issuer = await double(gives());
    const site = await double();
    const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
    const auth = authOf(issuer, { client: { privateKey: { secret: "client" } } });
    const loopback = [issuer.endpoint, site.endpoint];
    expect(await send(senderIn({ auth, url: site.url, loopback, secrets: { client: [pem] } }))).toMatchObject({
      verdict: "delivered",
    });
    const [asked] = askedOf(issuer);
    expect(asked?.get("client_assertion_type")).toBe("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
    const proof = await jwtVerify(asked?.get("client_assertion") ?? "", publicKey, {
      issuer: "acme client",
      subject: "acme client",
      audience: `${issuer.url}/token`,
      algorithms: [alg],
      requiredClaims: ["exp", "jti"],
    });
    expect(proof.payload.exp).toBeLessThanOrEqual(Date.now() / 1_000 + 600);
    expect(issuer.calls[0]?.headers.authorization).toBeUndefined();
  });

  it("names the key where the secret is a JWK", async () => {
    const { privateKey, publicKey } = pairs.ES256;
    const jwk = JSON.stringify({ ...(await exportJWK(privateKey)), kid: "k-7" });
    const [issuer, site] = [await double(gives()), await double()];
    const auth = authOf(issuer, { client: { privateKey: { secret: "client" } } });
    await send(
      senderIn({ auth, url: site.url, loopback: [issuer.endpoint, site.endpoint], secrets: { client: [jwk] } }),
    );
    const { protectedHeader } = await jwtVerify(askedOf(issuer)[0]?.get("client_assertion") ?? "", publicKey);
    expect(protectedHeader.kid).toBe("k-7");
  });

  it.each(["", "no key", "{}", '{"kty":"oct","k":"AAAA"}'])("is not, by a secret that is none: %j", async (value) => {
    const [issuer, site] = [await double(gives()), await double()];
    const auth = authOf(issuer, { client: { privateKey: { secret: "client" } } });
    const loopback = [issuer.endpoint, site.endpoint];
    const answer = await send(senderIn({ auth, url: site.url, loopback, secrets: { client: [value] } }));
    expect(answer).toMatchObject({ ...never, reason: expect.stringContaining("the secret 'client'") });
    expect([issuer.calls.length, site.bytes()]).toEqual([0, 0]);
  });
});

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

describe("a secret that rotates", () => {
  it("is taken by its other value where their side does not know the first", async () => {
    const knows =
      (known: string, give = gives()): Behaviour =>
      (call, response) => {
        const [, basic = ""] = (call.headers.authorization ?? "").split(" ");
        const [, given] = Buffer.from(basic, "base64").toString().split(":");
        (given === known ? give : answers(401, json, '{"error":"invalid_client"}'))(call, response);
      };
    const { issuer, sender, secrets } = await worldOf(knows("old"));
    secrets.client = ["new", "old"];
    expect(await send(sender)).toMatchObject({ verdict: "delivered" });
    expect(issuer.calls.length).toBe(2);
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

it("each site has its own tokens, of its own endpoint", async () => {
  const [west, issuer] = [await double(), await double(gives())];
  const east = await double();
  const other = await double(answers(503));
  const sites = {
    east: { url: east.url, auth: authOf(issuer), maintenance: [] },
    west: { url: west.url, auth: authOf(other), maintenance: [] },
  };
  const loopback = [east, west, issuer, other].map(({ endpoint }) => endpoint);
  const sender = new HttpSender(
    sendSpecOf({}, { partner: partnerOf({ sites }) }),
    egressOf(),
    contextOf({ client: [secret] }, { loopback }),
  );
  open.push({ close: () => new Promise<void>((resolve) => sender.close(resolve)) });
  expect(await send(sender, { site: "east" })).toMatchObject({ verdict: "delivered" });
  expect(await send(sender, { site: "west" })).toMatchObject(never);
  expect([tokensAt(east), west.bytes()]).toEqual([["Bearer t-1"], 0]);
});
