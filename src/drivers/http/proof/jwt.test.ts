import { createServer, type Server } from "node:http";
import { exportJWK, exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, describe, expect, it } from "vitest";
import type { ReceiveResult } from "../../port.ts";
import { clockAt, contextOf, ingressOf, receiveSpecOf } from "../../testing.ts";
import { HttpReceiver } from "../receive/receive.ts";

const nowMs = 1_700_000_000_000;
const now = nowMs / 1_000;
const theirs = await generateKeyPair("RS256", { extractable: true });
const strangers = await generateKeyPair("RS256");
const jwk = { ...(await exportJWK(theirs.publicKey)), kid: "k1", alg: "RS256", use: "sig" };

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Issuer {
  readonly url: string;
  readonly endpoint: string;
  readonly asked: string[];
}

/** An identity provider; `documents` may replace what it answers at a path, by text or by a status. */
const issuerWith = async (documents: Readonly<Record<string, string | number>> = {}): Promise<Issuer> => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const own: Record<string, string> = {
      "/.well-known/openid-configuration": JSON.stringify({ issuer: url, jwks_uri: `${url}/keys` }),
      "/keys": JSON.stringify({ keys: [jwk] }),
    };
    const document = documents[path] ?? own[path] ?? 404;
    if (typeof document === "number") response.writeHead(document, { location: "/keys" }).end();
    else response.writeHead(200, { "content-type": "application/json" }).end(document);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const endpoint = `127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}`;
  const url = `http://${endpoint}`;
  return { url, endpoint, asked };
};

const receiverFor = (issuer: Issuer, options: { loopback?: readonly string[]; nowMs?: number } = {}): HttpReceiver =>
  new HttpReceiver(
    receiveSpecOf({
      verify: [{ scheme: "jwt", issuer: issuer.url, audience: "gateway", claims: { sub: "partner" } }],
    }),
    ingressOf(),
    contextOf({}, { loopback: options.loopback ?? [issuer.endpoint] }, clockAt(options.nowMs ?? nowMs)),
  );

const receive = (receiver: HttpReceiver, token: string): Promise<ReceiveResult> =>
  new Promise((resolve) =>
    receiver.receive(
      {
        method: "POST",
        url: "/orders",
        headers: { authorization: `Bearer ${token}`, "x-delivery": "d-1" },
        body: Buffer.from("{}"),
      },
      resolve,
    ),
  );
const statusOf = (result: ReceiveResult): number => (result.kind === "messages" ? result.answerStatus : result.status);

interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly exp?: number;
}
const signed = (claims: Claims, key = theirs.privateKey, kid = "k1"): Promise<string> =>
  new SignJWT({ ...claims }).setProtectedHeader({ alg: "RS256", kid }).sign(key);
const claimsFor = ({ url }: Issuer): Claims & { exp: number } => ({
  iss: url,
  aud: "gateway",
  sub: "partner",
  exp: now + 60,
});

describe("a token of the partner's identity provider", () => {
  it("is taken, and its keys are read once", async () => {
    const issuer = await issuerWith();
    const receiver = receiverFor(issuer);
    const token = await signed(claimsFor(issuer));
    expect(statusOf(await receive(receiver, token))).toBe(202);
    expect(statusOf(await receive(receiver, token))).toBe(202);
    expect(issuer.asked).toEqual(["/.well-known/openid-configuration", "/keys"]);
  });

  it("is refused with another issuer, audience or claim, expired, without an end, or signed by another", async () => {
    const issuer = await issuerWith();
    const receiver = receiverFor(issuer);
    const good = claimsFor(issuer);
    const { exp: _exp, ...endless } = good;
    const tokens = [
      await signed({ ...good, iss: "https://other.example" }),
      await signed({ ...good, aud: "other" }),
      await signed({ ...good, sub: "other" }),
      await signed({ ...good, exp: now - 61 }),
      await signed(endless),
      await signed(good, strangers.privateKey),
      await signed(good, theirs.privateKey, "k2"),
      "no.token.at-all",
    ];
    for (const token of tokens) expect(statusOf(await receive(receiver, token))).toBe(401);
  });

  it("is refused unsigned, or signed with their public key as if it were a shared secret", async () => {
    const issuer = await issuerWith();
    const receiver = receiverFor(issuer);
    const claims = { ...claimsFor(issuer) };
    const publicKey = new TextEncoder().encode(await exportSPKI(theirs.publicKey));
    const confused = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid: "k1" }).sign(publicKey);
    expect(statusOf(await receive(receiver, new UnsecuredJWT(claims).encode()))).toBe(401);
    expect(statusOf(await receive(receiver, confused))).toBe(401);
    expect(issuer.asked).toEqual([]);
  });
});

describe("keys that cannot be read: 503, because the giver may well be the partner", () => {
  const discovery = "/.well-known/openid-configuration";
  const cases: readonly (readonly [string, Readonly<Record<string, string | number>>])[] = [
    ["no discovery document", { [discovery]: 404 }],
    ["a redirect", { [discovery]: 302 }],
    ["no JSON", { [discovery]: "hello" }],
    [
      "the document of another issuer",
      { [discovery]: '{"issuer":"https://other.example","jwks_uri":"http://127.0.0.1/"}' },
    ],
    ["no keys", { "/keys": 500 }],
    ["no key set", { "/keys": '{"keys":1}' }],
    ["a document that is too long", { "/keys": `{"keys":[],"a":"${"x".repeat(300_000)}"}` }],
  ];
  it.each(cases)("%s", async (_name, documents) => {
    const issuer = await issuerWith(documents);
    const result = await receive(receiverFor(issuer), await signed(claimsFor(issuer)));
    expect(result).toMatchObject({ kind: "refused", status: 503, retryAfter: 5 });
  });

  it("an address that is not allowed", async () => {
    const issuer = await issuerWith();
    const result = await receive(receiverFor(issuer, { loopback: [] }), await signed(claimsFor(issuer)));
    expect([statusOf(result), issuer.asked]).toEqual([503, []]);
  });

  it("are not asked for at every call of a stranger", async () => {
    const issuer = await issuerWith({ [discovery]: 500 });
    const receiver = receiverFor(issuer);
    const token = await signed(claimsFor(issuer));
    for (let call = 0; call < 5; call += 1) expect(statusOf(await receive(receiver, token))).toBe(503);
    expect(issuer.asked.length).toBe(1);
  });
});
