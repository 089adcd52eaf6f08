/** Makes and checks the signatures of a scheme. */
import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from "node:crypto";
import type { Secrets } from "../../port.ts";
import { keyRing } from "./keys.ts";
import type { Scheme } from "./schemes.ts";

export type HeaderOf = (name: string) => string | undefined;

/** Whether the signature in the headers is one of the body by any valid value of the secret, made at about `nowMs`. */
export type SignatureCheck = (body: Buffer, header: HeaderOf, nowMs: number) => boolean;

/** The value of the signature's header; null where the secret is not set. */
export type SignatureMaker = (body: string, header: HeaderOf, timestamp: string) => string | null;

export const signatureCheck = (scheme: Scheme, secrets: Secrets, secret: string): SignatureCheck => {
  const keys = signingKeys(scheme, secrets, secret);
  return (body, header, nowMs) => {
    const value = header(scheme.header);
    if (value === undefined) return false;
    const timestamp = freshTimestamp(scheme, header, nowMs);
    if (timestamp === undefined) return false;
    const given = scheme.signaturesIn(value).map((signature) => Buffer.from(signature, scheme.encoding));
    if (given.length === 0) return false;
    return keys().some((key) => {
      const digest = digestOf(scheme, key, body, header, timestamp);
      return digest !== undefined && given.some((one) => one.length === digest.length && timingSafeEqual(one, digest));
    });
  };
};

/** Signs with every valid value where the scheme's header has room for several, so that their side can rotate too. */
export const signatureMaker = (scheme: Scheme, secrets: Secrets, secret: string): SignatureMaker => {
  const keys = signingKeys(scheme, secrets, secret);
  return (body, header, timestamp) => {
    const signatures = keys()
      .map((key) => digestOf(scheme, key, body, header, timestamp))
      .filter((digest) => digest !== undefined);
    return signatures.length === 0
      ? null
      : scheme.headerFor(signatures.map((digest) => digest.toString(scheme.encoding)));
  };
};

const signingKeys = (scheme: Scheme, secrets: Secrets, name: string): (() => readonly KeyObject[]) =>
  keyRing(secrets, name, (value) => {
    const key = scheme.keyOf(value);
    return key === null ? null : createSecretKey(key);
  });

/** undefined: a header that is signed is missing. */
const digestOf = (
  scheme: Scheme,
  key: KeyObject,
  body: Buffer | string,
  header: HeaderOf,
  timestamp: string,
): Buffer | undefined => {
  const hmac = createHmac(scheme.algorithm, key);
  let text = "";
  for (const part of scheme.content) {
    if (part === "body") {
      if (text !== "") hmac.update(text);
      hmac.update(body);
      text = "";
    } else if (typeof part === "string") {
      text += part === "timestamp" ? timestamp : part;
    } else {
      const value = header(part.header);
      if (value === undefined) return undefined;
      text += value;
    }
  }
  if (text !== "") hmac.update(text);
  return hmac.digest();
};

/** The timestamp's text where it lies within the tolerance, either way; "" where the scheme has none. */
const freshTimestamp = ({ timestamp, timeIn }: Scheme, header: HeaderOf, nowMs: number): string | undefined => {
  if (timestamp === null) return "";
  const value = header(timestamp.header);
  const text = value === undefined ? undefined : timeIn(value);
  if (text === undefined) return undefined;
  return Math.abs(nowMs - timestampMs(text)) <= timestamp.toleranceMs ? text : undefined;
};

/** Seconds or milliseconds since 1970, or an RFC 3339 time. NaN where it is none of them. */
const timestampMs = (text: string): number => {
  if (!/^\d{1,15}$/.test(text)) return Date.parse(text);
  const number = Number(text);
  // 12 digits and more: as milliseconds from 1973 on, as seconds 3,000 years ahead.
  return number < 100_000_000_000 ? number * 1_000 : number;
};
