/** Client certificates: the connection proves who we are. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import type { AuthSpec } from "../../../define/spec.ts";
import type { ClientIdentity } from "../network/guard.ts";
import { keyRing } from "../proof/keys.ts";
import { type AuthContext, type Authenticator, notSet, proved, unproved } from "./proving.ts";

export type CertificateSpec = Extract<AuthSpec, { readonly kind: "mtls" }>;

interface Certificate {
  /** With those that lead to its authority, where the secret has them. */
  readonly chain: string;
  readonly own: X509Certificate;
}
interface Key {
  readonly text: string;
  readonly own: KeyObject;
}

export const pairAuthenticator = (spec: CertificateSpec, { secrets }: AuthContext): Authenticator => {
  const certificates = keyRing(secrets, spec.certificate.secret, certificateIn);
  const keys = keyRing(secrets, spec.key.secret, keyIn);
  const identity = identityOf(certificates, keys, spec.ca);
  return {
    identity,
    prove: (_request, done) => {
      if (certificates().length === 0) done(notSet(spec.certificate.secret));
      else if (keys().length === 0) done(notSet(spec.key.secret));
      else if (identity() === null) done(unproved(notPaired(spec)));
      else done(proved);
    },
    refused: () => false,
  };
};

const notPaired = ({ certificate, key }: CertificateSpec): string =>
  `no value of the secret '${key.secret}' is the key of a certificate in '${certificate.secret}'`;

/**
 * The two secrets cannot be changed at once, so that while they rotate the first certificate that has its key here is used.
 *
 * @returns the same object until the pair changes, so that connections are not set up anew for nothing
 */
const identityOf = (
  certificates: () => readonly Certificate[],
  keys: () => readonly Key[],
  ca: string | undefined,
): (() => ClientIdentity | null) => {
  let from: readonly [readonly Certificate[], readonly Key[]] = [[], []];
  let identity: ClientIdentity | null = null;
  return () => {
    const [heldCertificates, heldKeys] = [certificates(), keys()];
    if (from[0] === heldCertificates && from[1] === heldKeys) return identity;
    from = [heldCertificates, heldKeys];
    const pair = heldCertificates
      .flatMap((certificate) => heldKeys.map((key) => ({ certificate, key })))
      .find(({ certificate, key }) => certificate.own.checkPrivateKey(key.own));
    identity =
      pair === undefined ? null : { cert: pair.certificate.chain, key: pair.key.text, ...(ca !== undefined && { ca }) };
    return identity;
  };
};

const certificateIn = (chain: string): Certificate | null =>
  attempt(() => ({ chain, own: new X509Certificate(chain) }));
const keyIn = (text: string): Key | null => attempt(() => ({ text, own: createPrivateKey(text) }));

const attempt = <T>(make: () => T): T | null => {
  try {
    return make();
  } catch {
    return null;
  }
};
