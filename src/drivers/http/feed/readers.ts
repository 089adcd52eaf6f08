/** Which reader calls: each has a proof of its own, and the proof says who it is. */
import type { VerificationSpec } from "../../../define/spec.ts";
import type { InboundRequest } from "../../port.ts";
import { Unsupported } from "../../unsupported.ts";
import type { Proof } from "../proof/proof.ts";
import { singleVerifier, type VerifierContext } from "../proof/verifier.ts";

export type Caller =
  | { readonly kind: "reader"; readonly name: string }
  | { readonly kind: "refused" }
  /** It cannot be said now, because an issuer's keys cannot be read. */
  | { readonly kind: "unavailable" };

/** A promise only where keys may have to be fetched. Never throws, never rejects. */
export type Identify = (request: InboundRequest) => Caller | Promise<Caller>;

type Readers = Readonly<Record<string, VerificationSpec>>;

/** @throws Unsupported where a proof cannot tell its reader from others */
export const readersOf = (readers: Readers, context: VerifierContext): Identify => {
  const names = Object.keys(readers);
  if (names.length === 0) throw new Unsupported("via.readers", "names no reader; every reader must prove who it is");
  refuseShared(readers);
  const verifiers = Object.entries(readers).map(([name, spec]) => {
    const field = `via.readers.${name}`;
    refuseSignature(spec, field);
    return singleVerifier(spec, context, field);
  });
  return (request) => {
    // All are asked whoever calls, so that the time it takes tells nothing of the readers.
    const proofs = verifiers.map((verifier) => verifier.check(request));
    return proofs.every((proof) => typeof proof === "string")
      ? callerOf(names, proofs)
      : Promise.all(proofs).then((late) => callerOf(names, late));
  };
};

/** Whom no single reader's proof holds for is nobody. */
const callerOf = (names: readonly string[], proofs: readonly Proof[]): Caller => {
  const [name, ...others] = names.filter((_, at) => proofs[at] === "proved");
  if (name !== undefined) return others.length === 0 ? { kind: "reader", name } : { kind: "refused" };
  return { kind: proofs.includes("unavailable") ? "unavailable" : "refused" };
};

const refuseShared = (readers: Readers): void => {
  const seen = new Map<string, string>();
  for (const [name, spec] of Object.entries(readers)) {
    const text = JSON.stringify(spec);
    const other = seen.get(text);
    if (other !== undefined) {
      throw new Unsupported(`via.readers.${name}`, `the same proof as ${other}'s; each reader needs one of its own`);
    }
    seen.set(text, name);
  }
};

const refuseSignature = ({ scheme }: VerificationSpec, field: string): void => {
  if (scheme === "hmac" || scheme === "standard-webhooks" || scheme === "stripe") {
    throw new Unsupported(field, `${scheme} signs a body, and a read has none; use bearer or jwt`);
  }
};
