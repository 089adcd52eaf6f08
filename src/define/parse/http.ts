// Options of the http driver in each role, as zod schemas. Settings are resolved before.
import * as z from "zod";
import type { HttpRequest, HttpResponse } from "../model.ts";
import { signature, verification } from "./proof.ts";
import { code, duration, maybe, place, pointer, size, strict, text } from "./values.ts";

const verdict = z.enum(["delivered", "retry", "wait", "fault", "unknown"]);
const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(schema));

/** Options of `http.receive`. */
export const httpReceive = strict({
  verify: oneOrMore(verification),
  id: maybe(place),
  tenant: maybe(place),
  challenge: maybe(z.enum(["slack", "event-grid", "xero"])),
  limit: maybe(size),
  answer: maybe(strict({ status: z.int().min(200).max(299), body: maybe(z.string()) })),
});
/** Options of `http.send`. */
export const httpSend = strict({
  path: maybe(z.string()),
  format: maybe(z.enum(["json", "cloudevents", "standard-webhooks", "form", "xml"])),
  sign: maybe(signature),
  timeout: maybe(duration),
  compress: maybe(z.literal("gzip")),
  responses: maybe(z.record(z.string().regex(/^[1-5]\d\d$/, { error: "is not a status" }), verdict)),
  judge: maybe(code<(response: HttpResponse) => unknown>()),
  batch: maybe(
    strict({
      max: z.int().min(1),
      within: duration,
      pack: code<(items: readonly HttpRequest[]) => unknown>(),
      judge: code<(response: HttpResponse, count: number) => unknown>(),
    }),
  ),
});

const cursor = z.discriminatedUnion(
  "kind",
  [
    strict({ kind: z.literal("token"), query: text, next: pointer }),
    strict({ kind: z.literal("link") }),
    strict({ kind: z.literal("http-feed") }),
    strict({ kind: z.literal("since"), query: text, field: pointer, overlap: duration }),
    strict({
      kind: z.literal("custom"),
      request: code<(cursor: string | null) => unknown>(),
      next: code<(response: HttpResponse) => unknown>(),
    }),
  ],
  { error: 'must say how to read on: kind "token", "link", "http-feed", "since" or "custom"' },
);
/** Options of `http.poll`. */
export const httpPoll = strict({
  path: text,
  every: duration,
  items: maybe(pointer),
  cursor,
  acrossSites: z.enum(["exact", "rewind", "refuse"], {
    error: 'must say whether a cursor of one site is good at another: "exact", "rewind" or "refuse"',
  }),
});
const readerName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, { error: "must be lower-case letters, digits and '-', and begin with a letter" })
  .refine((name) => !(name in Object.prototype), { error: "is a name that every object has: take another" });
/** Options of `http.feed`. */
export const httpFeed = strict({
  readers: z
    .record(readerName, verification)
    .refine((readers) => Object.keys(readers).length > 0, { error: "names no reader: nobody could read" }),
  retention: duration,
});
export type HttpReceiveFields = z.output<typeof httpReceive>;
export type HttpSendFields = z.output<typeof httpSend>;
export type HttpPollFields = z.output<typeof httpPoll>;
export type HttpFeedFields = z.output<typeof httpFeed>;
