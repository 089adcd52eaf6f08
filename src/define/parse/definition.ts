// A definition as zod schemas, one for each role that is built. This is the boundary: beyond it everything is typed.
import * as z from "zod";
import type { HttpResponse, Message } from "../model.ts";
import type { HubEvent } from "../spec.ts";
import { httpPoll } from "./http.ts";
import { partner } from "./partner.ts";
import {
  code,
  duration,
  headerName,
  maybe,
  pointer,
  schema,
  schemas,
  size,
  startFrom,
  strict,
  text,
} from "./values.ts";

type OfMessage = (message: Message<unknown>) => unknown;
type OfEvent = (event: HubEvent) => unknown;

const common = {
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
const ingress = {
  ...common,
  message: schema,
  id: maybe(code<OfMessage>()),
  sequence: maybe(code<OfMessage>()),
  fetch: maybe(strict({ request: code<OfMessage>(), response: schema })),
  translate: code<(message: Message<unknown>, context: { readonly fetched: unknown }) => unknown>(),
};

/** An `http.receive` connector. */
export const receiver = strict({
  ...ingress,
  onInvalid: maybe(z.enum(["fault", "reject"])),
  onConflict: maybe(z.enum(["keep", "reject"])),
  reconcile: maybe(
    strict({
      via: strict({ driver: text, role: z.literal("poll"), options: httpPoll }),
      when: z.union([z.literal("gap"), duration], { error: 'must be "gap" or a length of time such as "1h"' }),
      adapt: maybe(code<(item: unknown) => unknown>()),
    }),
  ),
});

/** An `http.poll` connector. */
export const poller = strict({ ...ingress, startFrom: maybe(startFrom), lookback: maybe(duration) });

const lookup = strict({
  after: maybe(duration),
  request: code<OfEvent>(),
  found: code<(response: HttpResponse, event: HubEvent) => unknown>(),
});
const idempotency = z.union(
  [
    z.enum(["event-id", "natural", "none"]),
    strict({
      header: headerName,
      format: maybe(z.enum(["event-id", "uuid"])),
      remembers: duration,
      across: z.enum(["sites", "site"]),
    }),
  ],
  {
    error:
      'must say how they tell that they have seen an event: "event-id", "natural", "none" or { header, remembers, across }',
  },
);

/** An `http.send` connector. */
export const sender = strict({
  ...common,
  translate: maybe(code<(event: HubEvent, context: { readonly site: string }) => unknown>()),
  partitionkey: maybe(code<OfEvent>()),
  sequence: maybe(code<OfEvent>()),
  tenant: maybe(code<OfEvent>()),
  reply: maybe(strict({ events: schemas, translate: code<(response: HttpResponse, event: HubEvent) => unknown>() })),
  onFault: maybe(z.enum(["continue", "block-key"])),
  expiresAfter: maybe(duration),
  retry: maybe(strict({ first: maybe(duration), cap: maybe(duration), giveUpAfter: maybe(duration) })),
  startFrom: maybe(startFrom),
  idempotency,
  onUnknown: maybe(
    z.union([z.enum(["resend", "hold"]), lookup], { error: 'must be "resend", "hold" or { request, found }' }),
  ),
});

/** An `http.feed` connector. */
export const feeder = strict({
  ...common,
  translate: maybe(code<OfEvent>()),
  startFrom: maybe(startFrom),
});
export type ReceiverFields = z.output<typeof receiver>;
export type PollerFields = z.output<typeof poller>;
export type FeederFields = z.output<typeof feeder>;
export type SenderFields = z.output<typeof sender>;
export type LookupFields = z.output<typeof lookup>;
