// Fields of a definition that connectors of several roles have, as zod schemas. This is the boundary: beyond it everything is typed.
import * as z from "zod";
import type { Message } from "../../model.ts";
import { partner } from "../partner.ts";
import { code, duration, maybe, pointer, schema, schemas, size, strict, text } from "../values.ts";

type OfMessage = (message: Message<unknown>) => unknown;

export const common = {
  partner,
  via: strict({ driver: text, role: z.enum(["receive", "poll", "send", "feed"]), options: z.unknown() }),
  events: schemas.refine((types) => Object.keys(types).length > 0, { error: "names no event type" }),
  durability: maybe(z.enum(["regional", "replicated"])),
  whenAlone: maybe(z.enum(["refuse", "accept"])),
  dedupeWindow: maybe(duration),
  ordering: maybe(z.enum(["none", "key", "latest"])),
  personal: maybe(z.array(pointer)),
  retention: maybe(strict({ settled: maybe(duration), raw: maybe(duration) })),
  hold: maybe(strict({ capacity: maybe(size), alarmAfter: maybe(duration) })),
};

/** Ingress, pushed or pulled. */
export const ingress = {
  ...common,
  message: schema,
  id: maybe(code<OfMessage>()),
  sequence: maybe(code<OfMessage>()),
  fetch: maybe(strict({ request: code<OfMessage>(), response: schema })),
  translate: code<(message: Message<unknown>, context: { readonly fetched: unknown }) => unknown>(),
};
