/** How calls on the public port are answered. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { httpAnswers } from "../../../define/policy.ts";

/** How long what still comes of a call that was refused is thrown away before its connection ends. Milliseconds. */
const lingerMs = 1_000;

export const reply = (response: ServerResponse, status: number, body: string): void => {
  const type = body.startsWith("{") ? "application/json" : "text/plain; charset=utf-8";
  const headers =
    body === "" ? { "content-length": "0" } : { "content-type": type, "content-length": Buffer.byteLength(body) };
  response.writeHead(status, headers);
  response.end(body);
};

export const unavailable = (response: ServerResponse, reason: string, retryAfterS: number): void => {
  response.setHeader("retry-after", String(Math.max(1, retryAfterS)));
  reply(response, httpAnswers.unavailable, JSON.stringify({ error: reason }));
};

/**
 * Answers without reading the call. The answer goes out at once; its connection ends a moment later, since a giver that
 * is still sending would lose the answer with it.
 */
export const leave = (request: IncomingMessage, response: ServerResponse, status: number, body: string): void => {
  if (request.complete || request.headers["content-length"] === "0") return reply(response, status, body);
  response.writeHead(status, {
    connection: "close",
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.write(body);
  const end = (): void => {
    clearTimeout(timer);
    response.end();
  };
  const timer = setTimeout(end, lingerMs);
  request.once("end", end).once("close", end).resume();
};

/** The call's method is not the one that is answered. */
export const wrongMethod = (request: IncomingMessage, response: ServerResponse, allowed: "GET" | "POST"): void => {
  response.setHeader("allow", allowed);
  const verb = allowed === "GET" ? "answered" : "accepted";
  leave(request, response, 405, JSON.stringify({ error: `only ${allowed} is ${verb}` }));
};

/** The call is not taken now. */
export const notNow = (
  request: IncomingMessage,
  response: ServerResponse,
  { reason, afterS }: { readonly reason: string; readonly afterS: number },
): void => {
  response.setHeader("retry-after", String(afterS));
  leave(request, response, httpAnswers.unavailable, JSON.stringify({ error: reason }));
};
