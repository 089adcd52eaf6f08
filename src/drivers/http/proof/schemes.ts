/**
 * Signature schemes as data: where the signature stands and what is signed. Standard Webhooks is one of them: its
 * published library computes SHA-256 in JavaScript and reads the system's clock, which costs four times as much per
 * message as `node:crypto` and cannot be tested at a given time; the tests compare with that library.
 */
import type { HmacSpec } from "../../../define/spec.ts";

export type Part = "body" | "timestamp" | "." | { readonly header: string };

export interface Scheme {
  /** Lower case. */
  readonly header: string;
  readonly algorithm: "sha256" | "sha512";
  readonly encoding: "hex" | "base64";
  readonly content: readonly Part[];
  /** Where the signed time stands; null: the scheme has none, and a recorded message can be replayed. */
  readonly timestamp: { readonly header: string; readonly toleranceMs: number } | null;
  /** Key material of a secret's value; null where it is not one. */
  keyOf(secret: string): Buffer | null;
  /** The time in the timestamp's header. */
  timeIn(value: string): string | undefined;
  /** Encoded signatures in the signature's header: any may prove the message. */
  signaturesIn(value: string): readonly string[];
  /** The signature's header for signatures by one or more keys, the current one first. */
  headerFor(signatures: readonly string[]): string;
}

/** More than a giver that rotates would send; bounds the work that a stranger can ask for. */
const mostSignatures = 8;
const fiveMinutes = 300_000;

const asText = (secret: string): Buffer => Buffer.from(secret, "utf8");
const itself = (value: string): string => value;

export const hmacScheme = (spec: HmacSpec): Scheme => ({
  header: spec.header,
  algorithm: spec.algorithm,
  encoding: spec.encoding,
  content: spec.content,
  timestamp: spec.timestamp,
  keyOf: asText,
  timeIn: itself,
  signaturesIn: (value) => (value.startsWith(spec.prefix) ? [value.slice(spec.prefix.length)] : []),
  headerFor: ([current = ""]) => spec.prefix + current,
});

/** https://www.standardwebhooks.com: `webhook-signature: v1,<base64> v1,<base64>`. */
export const standardWebhooks: Scheme = {
  header: "webhook-signature",
  algorithm: "sha256",
  encoding: "base64",
  content: [{ header: "webhook-id" }, ".", "timestamp", ".", "body"],
  timestamp: { header: "webhook-timestamp", toleranceMs: fiveMinutes },
  keyOf: (secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
    return key.length === 0 ? null : key;
  },
  timeIn: itself,
  signaturesIn: (value) => valuesOf(value.split(" "), "v1,"),
  headerFor: (signatures) => signatures.map((signature) => `v1,${signature}`).join(" "),
};

/** https://docs.stripe.com/webhooks/signature: `stripe-signature: t=<seconds>,v1=<hex>`. */
export const stripe: Scheme = {
  header: "stripe-signature",
  algorithm: "sha256",
  encoding: "hex",
  content: ["timestamp", ".", "body"],
  timestamp: { header: "stripe-signature", toleranceMs: fiveMinutes },
  keyOf: asText,
  timeIn: (value) => valuesOf(value.split(","), "t=")[0],
  signaturesIn: (value) => valuesOf(value.split(","), "v1="),
  headerFor: (signatures) => signatures.map((signature) => `v1=${signature}`).join(","),
};

const valuesOf = (items: readonly string[], prefix: string): readonly string[] =>
  items
    .filter((item) => item.startsWith(prefix))
    .map((item) => item.slice(prefix.length))
    .slice(0, mostSignatures);
