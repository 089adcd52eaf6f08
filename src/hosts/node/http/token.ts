import { createHash, timingSafeEqual } from "node:crypto";

const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

/** Whether an `authorization` header bears this token; takes the same time whatever it bears. */
export const bears = (token: string): ((authorization: string | undefined) => boolean) => {
  const expected = digest(`Bearer ${token}`);
  return (authorization) => timingSafeEqual(digest(authorization ?? ""), expected);
};
