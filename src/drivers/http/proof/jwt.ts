/** Tokens signed by the partner's identity provider (OIDC), checked with the keys that it publishes. */
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { VerificationSpec } from "../../../define/spec.ts";
import type { DocumentReader } from "../network/documents.ts";
import type { Proof } from "./proof.ts";

export type JwtSpec = Extract<VerificationSpec, { scheme: "jwt" }>;

/** Reading their keys: longest time, and how long a failure is not tried again. */
const fetchTimeoutMs = 3_000;
const pauseAfterFailureMs = 5_000;
/** Clocks of two organisations differ. */
const clockToleranceS = 60;
/** Signatures with a published key only: an HMAC "signed" with a public key must not pass. */
const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
  "EdDSA",
  "Ed25519",
];

export type JwtCheck = (token: string, nowMs: number) => Promise<Proof>;

export const jwtCheck = (spec: JwtSpec, documents: DocumentReader): JwtCheck => {
  const keys = new Keys(spec.issuer, documents);
  return async (token, nowMs) => {
    try {
      const { payload } = await jwtVerify(token, (header, input) => keys.find(nowMs)(header, input), {
        issuer: spec.issuer,
        audience: spec.audience,
        algorithms,
        clockTolerance: clockToleranceS,
        currentDate: new Date(nowMs),
        requiredClaims: ["exp"],
      });
      return hasClaims(payload, spec.claims) ? "proved" : "refused";
    } catch (error) {
      return isUnavailable(error) ? "unavailable" : "refused";
    }
  };
};

const hasClaims = (payload: JWTPayload, claims: Readonly<Record<string, string>>): boolean =>
  Object.entries(claims).every(([name, value]) => payload[name] === value);

/** Their keys cannot be read now, so that no token can be judged. */
class KeysUnavailable extends Error {
  override readonly name = "KeysUnavailable";
}

/** The issuer's published keys: found once by discovery, then kept fresh by jose. */
class Keys {
  readonly #issuer: string;
  readonly #documents: DocumentReader;
  #discovered: Promise<JWTVerifyGetKey> | null = null;
  #failedAtMs = Number.NEGATIVE_INFINITY;

  constructor(issuer: string, documents: DocumentReader) {
    this.#issuer = issuer;
    this.#documents = documents;
  }

  find(nowMs: number): JWTVerifyGetKey {
    return async (header, input) => {
      if (Math.abs(nowMs - this.#failedAtMs) < pauseAfterFailureMs) throw new KeysUnavailable();
      this.#discovered ??= this.#discover();
      try {
        const keyOf = await this.#discovered;
        return await keyOf(header, input);
      } catch (error) {
        if (!isUnavailable(error)) throw error;
        // Strangers' tokens must not make us ask without end.
        this.#failedAtMs = nowMs;
        this.#discovered = null;
        throw error;
      }
    };
  }

  async #discover(): Promise<JWTVerifyGetKey> {
    const uri = jwksUri(await this.#read(wellKnown(this.#issuer)), this.#issuer);
    return createRemoteJWKSet(uri, {
      timeoutDuration: fetchTimeoutMs,
      [customFetch]: async (url) => Response.json(await this.#read(new URL(url))),
    });
  }

  async #read(url: URL): Promise<unknown> {
    try {
      const answer = await this.#documents(url, { method: "GET", timeoutMs: fetchTimeoutMs });
      if (answer.status !== 200) throw new Error(`${url.origin} answered ${answer.status}`);
      return await answer.json();
    } catch (error) {
      throw new KeysUnavailable(`${url.href} cannot be read`, { cause: error });
    }
  }
}

const isUnavailable = (error: unknown): boolean =>
  error instanceof KeysUnavailable || error instanceof errors.JWKSTimeout || error instanceof errors.JWKSInvalid;

const wellKnown = (issuer: string): URL => new URL(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);

const jwksUri = (document: unknown, issuer: string): URL => {
  if (typeof document !== "object" || document === null) throw new KeysUnavailable("no discovery document");
  const stated = "issuer" in document ? document.issuer : undefined;
  const uri = "jwks_uri" in document ? document.jwks_uri : undefined;
  if (stated !== issuer || typeof uri !== "string")
    throw new KeysUnavailable("the discovery document names another issuer");
  return new URL(uri);
};
