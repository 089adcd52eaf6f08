import * as z from "zod";
import type { HttpResponse } from "../../model.ts";
import { code, duration, maybe, pointer, strict, text } from "../values.ts";

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
/** Options of `http.poll`, as a zod schema. Settings are resolved before. */
export const httpPoll = strict({
  path: text,
  every: duration,
  items: maybe(pointer),
  cursor,
  acrossSites: z.enum(["exact", "rewind", "refuse"], {
    error: 'must say whether a cursor of one site is good at another: "exact", "rewind" or "refuse"',
  }),
});
export type HttpPollFields = z.output<typeof httpPoll>;
