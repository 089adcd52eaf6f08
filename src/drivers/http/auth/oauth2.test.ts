import { generateKeyPairSync } from "node:crypto";
import { exportJWK, jwtVerify } from "jose";
import { describe, expect, it, vi } from "vitest";
import type { ReadAnswer } from "../../../core/ports.ts";
import { contextOf, egressOf, ingressOf, partnerOf, pollSpecOf, sendSpecOf } from "../../testing.ts";
import { HttpReader } from "../poll/poll.ts";
import { readingOf } from "../poll/testing.ts";
import { HttpSender } from "../send/send.ts";
import { answers, type Behaviour } from "../site/site-double.ts";
import { double, never, open, send, senderIn } from "./testing.ts";
import { askedOf, authOf, gives, json, secret, tokensAt, worldOf } from "./testing-issuer.ts";

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
