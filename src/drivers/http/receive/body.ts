/** Reads the body of a call, and stops at the limit. */
import type { IncomingMessage } from "node:http";
import type { Done } from "../../../core/ports.ts";

export type BodyResult =
  | { readonly kind: "body"; readonly body: Buffer }
  /** More than the limit, announced or sent. What still comes is thrown away; answer 413 and close the connection. */
  | { readonly kind: "too-large" }
  /** The giver went away. */
  | { readonly kind: "gone" };

const empty = Buffer.alloc(0);

/** Calls `done` once. Holds at most `limitBytes` and one chunk. */
export const readBody = (request: IncomingMessage, limitBytes: number, done: Done<BodyResult>): void => {
  const chunks: Buffer[] = [];
  let length = 0;
  const finish = (result: BodyResult): void => {
    request.off("data", onData).off("end", onEnd).off("close", onClose).off("error", onClose);
    if (result.kind !== "body") request.on("error", ignore).resume();
    done(result);
  };
  const onData = (chunk: Buffer): void => {
    length += chunk.length;
    if (length > limitBytes) finish({ kind: "too-large" });
    else chunks.push(chunk);
  };
  const onEnd = (): void => {
    const [only = empty, ...others] = chunks;
    finish({ kind: "body", body: others.length === 0 ? only : Buffer.concat(chunks, length) });
  };
  const onClose = (): void => finish({ kind: "gone" });
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > limitBytes) finish({ kind: "too-large" });
  else request.on("data", onData).on("end", onEnd).on("close", onClose).on("error", onClose);
};

const ignore = (): void => undefined;
