/** A feed and its readers for the tests of role feed. */
import type { HttpFeedSpec, VerificationSpec } from "../../../define/spec.ts";
import type { FeedRequest, InboundRequest } from "../../port.ts";
import { contextOf, feedSpecOf } from "../../testing.ts";
import { HttpFeedServer } from "./feed.ts";

export const bearer = (secret: string): VerificationSpec => ({ scheme: "bearer", token: { secret } });
export const cursorKey = new Uint8Array(32).fill(7);

/** Feed `orders`; the secret of a reader has the reader's name. */
export const serverOf = (
  secrets: Readonly<Record<string, readonly string[]>> = { billing: ["token"] },
  readers: HttpFeedSpec["readers"] = { billing: bearer("billing") },
  name = "orders",
): HttpFeedServer => new HttpFeedServer(feedSpecOf({ readers }, { name }), { ...contextOf(secrets), cursorKey });

export const requestOf = (url: string, token: string | null = "token", method = "GET"): InboundRequest => ({
  method,
  url,
  headers: token === null ? {} : { authorization: `Bearer ${token}` },
  body: Buffer.alloc(0),
});

export const ask = (server: HttpFeedServer, request: InboundRequest): FeedRequest => {
  let asked: FeedRequest | null = null;
  server.request(request, (given) => {
    asked = given;
  });
  if (asked === null) throw new Error("the driver did not answer in the same tick");
  return asked;
};
