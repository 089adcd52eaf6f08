import * as z from "zod";
import { maybe, place, size, strict } from "../values.ts";
import { verification } from "../verification.ts";

const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.preprocess((given) => (Array.isArray(given) ? given : [given]), z.array(schema));

/** Options of `http.receive`, as a zod schema. Settings are resolved before. */
export const httpReceive = strict({
  verify: oneOrMore(verification),
  id: maybe(place),
  tenant: maybe(place),
  challenge: maybe(z.enum(["slack", "event-grid", "xero"])),
  limit: maybe(size),
  answer: maybe(strict({ status: z.int().min(200).max(299), body: maybe(z.string()) })),
});
export type HttpReceiveFields = z.output<typeof httpReceive>;
