/** Whether a call comes from the partner: one of the connector's verifications must hold. */
import type { Clock } from "../../../core/ports.ts";
import type { VerificationSpec } from "../../../define/spec.ts";
import type { InboundRequest, Secrets } from "../../port.ts";
import { Unsupported } from "../../unsupported.ts";
import { headerReader } from "../headers.ts";
import type { DocumentReader } from "../network/documents.ts";
import { jwtCheck } from "./jwt.ts";
import type { Proof } from "./proof.ts";
import { roleCheck } from "./role.ts";
import { hmacScheme, type Scheme, standardWebhooks, stripe } from "./schemes.ts";
import { signatureCheck } from "./signature.ts";
import { bearerToken, tokenCheck } from "./token.ts";

export interface Verifier {
  /** A promise only where keys may have to be fetched. Never rejects. */
  check(request: InboundRequest): Proof | Promise<Proof>;
  /** Headers that carry nothing but the proof, so that they need not be stored. */
  readonly headers: readonly string[];
}

export interface VerifierContext {
  readonly secrets: Secrets;
  readonly clock: Clock;
  readonly documents: DocumentReader;
}

export const verifierOf = (specs: readonly VerificationSpec[], context: VerifierContext): Verifier => {
  if (specs.length === 0)
    throw new Unsupported("via.verify", "no verification is given; every giver must prove who it is");
  const verifiers = specs.map((spec, index) =>
    singleVerifier(spec, context, specs.length === 1 ? "via.verify" : `via.verify[${index}]`),
  );
  const [only, ...others] = verifiers;
  if (only !== undefined && others.length === 0) return only;
  return {
    headers: verifiers.flatMap(({ headers }) => headers),
    check: (request) => {
      const later: Promise<Proof>[] = [];
      for (const verifier of verifiers) {
        const proof = verifier.check(request);
        if (proof === "proved") return proof;
        if (typeof proof !== "string") later.push(proof);
      }
      return later.length === 0 ? "refused" : Promise.all(later).then(best);
    },
  };
};

const best = (proofs: readonly Proof[]): Proof =>
  (["proved", "unavailable"] as const).find((proof) => proofs.includes(proof)) ?? "refused";

/** @param field where the definition says it */
export const singleVerifier = (spec: VerificationSpec, context: VerifierContext, field: string): Verifier => {
  switch (spec.scheme) {
    case "standard-webhooks":
      return bySignature(standardWebhooks, spec.key.secret, context, field);
    case "stripe":
      return bySignature(stripe, spec.key.secret, context, field);
    case "hmac":
      return bySignature(hmacScheme(spec), spec.key.secret, context, field);
    case "bearer": {
      refuseTenantSecret(spec.token.secret, field);
      const holds = tokenCheck(context.secrets, spec.token.secret);
      return {
        headers: ["authorization"],
        check: ({ headers }) => (holds(headerReader(headers)("authorization")) ? "proved" : "refused"),
      };
    }
    case "jwt": {
      const check = jwtCheck(spec, context.documents);
      return {
        headers: ["authorization"],
        check: ({ headers }) => {
          const token = bearerToken(headerReader(headers)("authorization"));
          return token === null ? "refused" : check(token, context.clock.wallMs());
        },
      };
    }
    case "mtls":
      throw new Unsupported(field, "mtls is not built yet: the gateway does not see the client certificate of a call");
    case "iam": {
      const holds = roleCheck(spec.roles, field);
      return { headers: ["authorization"], check: ({ caller }) => (holds(caller?.arn) ? "proved" : "refused") };
    }
  }
};

const bySignature = (scheme: Scheme, secret: string, { secrets, clock }: VerifierContext, field: string): Verifier => {
  refuseTenantSecret(secret, field);
  refuseWeakContent(scheme, field);
  const holds = signatureCheck(scheme, secrets, secret);
  return {
    headers: [scheme.header],
    check: ({ body, headers }) => (holds(body, headerReader(headers), clock.wallMs()) ? "proved" : "refused"),
  };
};

/** What is not signed proves nothing. */
const refuseWeakContent = ({ content, timestamp }: Scheme, field: string): void => {
  if (!content.includes("body")) throw new Unsupported(`${field}.content`, "the body must be part of what is signed");
  const header = timestamp?.header;
  const signsTime = content.some(
    (part) => part === "timestamp" || (typeof part === "object" && part.header === header),
  );
  if (timestamp !== null && !signsTime) {
    throw new Unsupported(
      `${field}.timestamp`,
      "the timestamp must be part of what is signed, or a replay could change it",
    );
  }
  if (timestamp === null && content.includes("timestamp")) {
    throw new Unsupported(
      `${field}.content`,
      "names a timestamp, but `timestamp` does not say which header it stands in",
    );
  }
};

const refuseTenantSecret = (secret: string, field: string): void => {
  if (secret.includes("{tenant}")) throw new Unsupported(field, "a secret per tenant is not built yet");
};
