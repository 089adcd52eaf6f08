/** Bearer tokens: a shared one, compared in constant time. */
import { hash, timingSafeEqual } from "node:crypto";
import type { Secrets } from "../../port.ts";
import { keyRing } from "./keys.ts";

/** Longer ones are not looked at. */
const longestToken = 16_384;

/** The token of an `authorization` header. */
export const bearerToken = (authorization: string | undefined): string | null => {
  if (authorization === undefined || authorization.length > longestToken) return null;
  return /^bearer +(\S+)$/i.exec(authorization)?.[1] ?? null;
};

/** Digests have one length whatever is given, so that a comparison tells nothing of the token. */
const digest = (token: string): Buffer => hash("sha256", token, "buffer");

export const tokenCheck = (secrets: Secrets, secret: string): ((authorization: string | undefined) => boolean) => {
  const valid = keyRing(secrets, secret, digest);
  return (authorization) => {
    const token = bearerToken(authorization);
    if (token === null) return false;
    const given = digest(token);
    return valid().some((one) => timingSafeEqual(one, given));
  };
};
