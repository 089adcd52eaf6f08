/** An authority with its certificates, for tests. */
import "reflect-metadata";
import { webcrypto } from "node:crypto";
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from "@peculiar/x509";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
const dayMs = 86_400_000;

/** PEM texts. */
export interface Pair {
  readonly certificate: string;
  readonly key: string;
}

export interface Authority {
  readonly certificate: string;
  /** @param daysLeft how long it is good from now; negative: it has ended */
  issue(commonName: string, daysLeft?: number): Promise<Pair>;
}

export const authority = async (commonName: string): Promise<Authority> => {
  const keys = await pair();
  const own = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${commonName}`,
    keys,
    signingAlgorithm: algorithm,
    ...lasting(30),
    extensions: [new BasicConstraintsExtension(true, 1, true)],
  });
  return {
    certificate: own.toString("pem"),
    issue: async (subject, daysLeft = 30) => {
      const made = await pair();
      const certificate = await X509CertificateGenerator.create({
        subject: `CN=${subject}`,
        issuer: own.subject,
        publicKey: made.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: algorithm,
        ...lasting(daysLeft),
        extensions: [new SubjectAlternativeNameExtension([{ type: "ip", value: "127.0.0.1" }])],
      });
      const der = await webcrypto.subtle.exportKey("pkcs8", made.privateKey);
      return { certificate: new X509Certificate(certificate.rawData).toString("pem"), key: pem(der) };
    },
  };
};

const pair = () => webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);

const lasting = (daysLeft: number): { readonly notBefore: Date; readonly notAfter: Date } => ({
  notBefore: new Date(Date.now() - 60 * dayMs),
  notAfter: new Date(Date.now() + daysLeft * dayMs),
});

const pem = (der: ArrayBuffer): string => {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN PRIVATE KEY-----\n${lines.join("\n")}\n-----END PRIVATE KEY-----\n`;
};
