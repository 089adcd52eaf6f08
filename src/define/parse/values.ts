// The small parts that definitions are made of, as zod schemas: each turns what users write into what the gateway reads
// and says in words what is wrong.
import * as z from "zod";
import { didYouMean } from "../nearest.ts";
import type { Schema } from "../schema/validate.ts";
import { parseDuration, parseSize } from "../units.ts";

const measured = (parse: (text: string) => number | null, kind: string) =>
  z.unknown().transform((given, context) => {
    const parsed = typeof given === "string" ? parse(given) : null;
    if (parsed !== null) return parsed;
    context.addIssue({ code: "custom", message: `${JSON.stringify(given)} is not ${kind}` });
    return z.NEVER;
  });
/** `"30s"` to milliseconds. */
export const duration = measured(parseDuration, 'a length of time such as "250ms", "30s", "5m", "24h" or "7d"');
/** `"5MB"` to bytes. */
export const size = measured(parseSize, 'a size such as "512B", "64KB", "5MB" or "1GB"');

/** Optional, and absent rather than undefined. */
export const maybe = <T extends z.ZodType>(schema: T) => z.exactOptional(schema);

/** An object whose unknown fields are named, with the known one that was likely meant. */
export const strict = <const T extends z.ZodRawShape>(shape: T) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return undefined;
      const names = issue.keys.map((name) => `'${name}' does not exist.${didYouMean(name, Object.keys(shape))}`);
      return names.join(" ");
    },
  });

export const text = z.string().min(1, { error: "is empty" });
export const secretName = z.object(
  { secret: text },
  { error: 'must be a secret by name, secret("<name>"); never write the value itself' },
);
export const headerName = text.transform((name) => name.toLowerCase());

/** A function of the user's, kept as it is. What it returns is checked where it is called. */
export const code = <T extends (...args: never) => unknown>() =>
  z.custom<T>((value) => typeof value === "function", { error: "must be a function" });

export const schema = z.custom<Schema>(
  (value) => typeof value === "object" && value !== null && "~standard" in value && "_zod" in value,
  { error: "must be a zod or zod/mini schema" },
);
export const schemas = z.record(text, schema);

export const pointer = z.string().regex(/^\//, { error: "must be a JSON pointer, which begins with '/'" });

/** `"header:x-delivery"` or `"body:/id"`. */
export const place = z.string().transform((given, context) => {
  const [, name, path] = /^(?:header:(.+)|body:(\/.*))$/.exec(given) ?? [];
  if (name !== undefined) return { in: "header" as const, name: name.toLowerCase() };
  if (path !== undefined) return { in: "body" as const, pointer: path };
  context.addIssue({ code: "custom", message: `'${given}' must be "header:<name>" or "body:/<pointer>"` });
  return z.NEVER;
});

export const startFrom = z.union(
  [z.enum(["earliest", "now"]), z.strictObject({ time: z.iso.datetime({ offset: true }) })],
  {
    error: 'must be "earliest", "now" or { time: "<RFC 3339>" }',
  },
);
