import * as z from "zod";
import { duration, strict } from "../values.ts";
import { verification } from "../verification.ts";

const readerName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, { error: "must be lower-case letters, digits and '-', and begin with a letter" })
  .refine((name) => !(name in Object.prototype), { error: "is a name that every object has: take another" });
/** Options of `http.feed`, as a zod schema. Settings are resolved before. */
export const httpFeed = strict({
  readers: z
    .record(readerName, verification)
    .refine((readers) => Object.keys(readers).length > 0, { error: "names no reader: nobody could read" }),
  retention: duration,
});
export type HttpFeedFields = z.output<typeof httpFeed>;
