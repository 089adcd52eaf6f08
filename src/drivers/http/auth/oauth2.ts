/** Tokens of the partner's authorization server, by client credentials (RFC 6749, 4.4). */
import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  clientCredentialsGrantRequest,
  customFetch,
  modifyAssertion,
  PrivateKeyJwt,
  processClientCredentialsResponse,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from "oauth4webapi";
import type { AuthSpec } from "../../../define/spec.ts";
import { Unsupported } from "../../unsupported.ts";
import type { DocumentReader } from "../network/documents.ts";
import { keyRing } from "../proof/keys.ts";
import { signingKey } from "./private-key.ts";
import { type AuthContext, type Authenticator, proved, unproved } from "./proving.ts";
import { type Fetched, Renewed } from "./renewed.ts";

export type OAuth2Spec = Extract<AuthSpec, { readonly kind: "oauth2" }>;

/** Longest time that the token endpoint may take, in milliseconds. */
const fetchTimeoutMs = 5_000;
/** Of a token whose server does not say how long it is good, in seconds. */
const assumedLifetimeS = 300;

export const tokenAuthenticator = (spec: OAuth2Spec, context: AuthContext, field: string): Authenticator => {
  const endpoint = endpointOf(spec, `${field}.tokenUrl`);
  const clients = clientsOf(spec, context, endpoint);
  const tokens = new Renewed(() => fetchToken(spec, context, endpoint, clients()), context.clock);
  return {
    prove: ({ fields }, done) =>
      tokens.get((fetched) => {
        if (fetched.kind === "none") return done(unproved(fetched.reason));
        fields.set("authorization", `Bearer ${fetched.value}`);
        done(proved);
      }),
    refused: ({ fields }) => {
      tokens.refuse((fields.get("authorization") ?? "").slice("Bearer ".length));
      return true;
    },
  };
};

const endpointOf = ({ tokenUrl }: OAuth2Spec, field: string): URL => {
  const url = URL.parse(tokenUrl);
  if (url === null || !["http:", "https:"].includes(url.protocol)) {
    throw new Unsupported(field, "not an http or https url");
  }
  if (url.username !== "" || url.password !== "") throw new Unsupported(field, "must not hold credentials");
  return url;
};

/** Ways to prove our client, one for each value of the secret, the current one first. */
const clientsOf = ({ client }: OAuth2Spec, { secrets }: AuthContext, endpoint: URL): (() => readonly ClientAuth[]) => {
  if ("secret" in client) return keyRing(secrets, client.secret.secret, (value) => ClientSecretBasic(value));
  return keyRing(secrets, client.privateKey.secret, (value) => {
    const key = signingKey(value);
    if (key === null) return null;
    return PrivateKeyJwt(key, {
      [modifyAssertion]: (_header, payload) => {
        // Who the assertion is for is the endpoint itself (RFC 7523, 3).
        payload.aud = endpoint.href;
      },
    });
  });
};

type Answered = Fetched<string> | { readonly kind: "refused"; readonly reason: string };

/** A client that is refused may be one whose secret their side does not know yet, or no more: then the other value proves it. */
const fetchToken = async (
  spec: OAuth2Spec,
  context: AuthContext,
  endpoint: URL,
  clients: readonly ClientAuth[],
): Promise<Fetched<string>> => {
  let reason = `the secret '${secretOf(spec)}' is not set, or no key`;
  for (const client of clients) {
    const answered = await ask(spec, context, endpoint, client);
    if (answered.kind !== "refused") return answered;
    reason = answered.reason;
  }
  return { kind: "none", reason };
};

const secretOf = ({ client }: OAuth2Spec): string =>
  "secret" in client ? client.secret.secret : client.privateKey.secret;

const ask = async (
  { clientId, scope, audience }: OAuth2Spec,
  { documents, clock }: AuthContext,
  endpoint: URL,
  auth: ClientAuth,
): Promise<Answered> => {
  const server = { issuer: endpoint.origin, token_endpoint: endpoint.href };
  const client = { client_id: clientId };
  const asked = { ...(scope !== undefined && { scope }), ...(audience !== undefined && { audience }) };
  const beganAtMs = clock.wallMs();
  try {
    const response = await clientCredentialsGrantRequest(server, client, auth, asked, {
      [customFetch]: fetchBy(documents),
      // Whether the address may be called is for the guard to say, and encryption for the definition's check.
      [allowInsecureRequests]: endpoint.protocol === "http:",
    });
    const { access_token, expires_in } = await processClientCredentialsResponse(server, client, response);
    if (!/^[\x21-\x7e]+$/.test(access_token)) return unusable(endpoint, "its token is none that a header carries");
    return { kind: "held", value: access_token, expiresAtMs: beganAtMs + (expires_in ?? assumedLifetimeS) * 1_000 };
  } catch (error) {
    return failureOf(error, endpoint);
  }
};

const fetchBy =
  (documents: DocumentReader) =>
  (
    url: string,
    { method, headers, body }: { method: "POST"; headers: Record<string, string>; body: URLSearchParams },
  ): Promise<Response> =>
    documents(new URL(url), { method, headers, body: body.toString(), timeoutMs: fetchTimeoutMs });

const unusable = ({ host }: URL, why: string): Answered => ({
  kind: "none",
  reason: `the token endpoint ${host} gives no token: ${why}`,
});

/** What went wrong in words of ours: texts of an answer could hold what we sent. */
const failureOf = (error: unknown, endpoint: URL): Answered => {
  const status = statusOf(error);
  if (status === null) return unusable(endpoint, error instanceof Error ? error.message : "no answer");
  const code = error instanceof ResponseBodyError && /^[a-z_]{1,40}$/.test(error.error) ? error.error : null;
  const answered = code ?? `it answered ${status}`;
  // An endpoint that asks for proof, with or without words for it, does not take our client's.
  if (code === "invalid_client" || status === 401) {
    return { kind: "refused", reason: `the token endpoint ${endpoint.host} refuses our client: ${answered}` };
  }
  return unusable(endpoint, answered);
};

const statusOf = (error: unknown): number | null => {
  if (error instanceof ResponseBodyError || error instanceof WWWAuthenticateChallengeError) return error.status;
  return error instanceof Error && error.cause instanceof Response ? error.cause.status : null;
};
