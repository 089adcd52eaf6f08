/** The identity that a taker is given: the same for every attempt, from every region. */
import { hash } from "node:crypto";
import type { IdempotencySpec } from "../../../define/spec.ts";

/** What a header carries unchanged. */
const headerSafe = /^[\x21-\x7e]{1,255}$/;

/** `<source> <id>` in two. */
const idOf = (identity: string): string => identity.slice(identity.indexOf(" ") + 1);

/** A UUID (version 8, RFC 9562) made of the whole identity, source included. */
export const uuidOf = (identity: string): string => {
  const digest = hash("sha256", identity, "hex");
  const variant = ((Number.parseInt(digest.slice(16, 17), 16) & 0b0011) | 0b1000).toString(16);
  const third = `8${digest.slice(13, 16)}`;
  const fourth = `${variant}${digest.slice(17, 20)}`;
  return [digest.slice(0, 8), digest.slice(8, 12), third, fourth, digest.slice(20, 32)].join("-");
};

/** The identity as the connector's `idempotency` asks for it. An id that no header can carry goes as its UUID. */
export const identityWriter = (idempotency: IdempotencySpec): ((identity: string) => string) => {
  if (idempotency.kind === "header" && idempotency.format === "uuid") return uuidOf;
  return (identity) => {
    const id = idOf(identity);
    return headerSafe.test(id) ? id : uuidOf(identity);
  };
};
