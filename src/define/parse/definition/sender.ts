import * as z from "zod";
import type { HttpResponse } from "../../model.ts";
import type { HubEvent } from "../../spec.ts";
import { code, duration, headerName, maybe, schemas, startFrom, strict } from "../values.ts";
import { common } from "./common.ts";

type OfEvent = (event: HubEvent) => unknown;

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

/** A connector that sends. */
export const sender = strict({
  ...common,
  translate: maybe(code<(event: HubEvent, context: { readonly site: string }) => unknown>()),
  partitionkey: maybe(code<OfEvent>()),
  sequence: maybe(code<OfEvent>()),
  tenant: maybe(code<OfEvent>()),
  reply: maybe(strict({ events: schemas, translate: code<(response: HttpResponse, event: HubEvent) => unknown>() })),
  onFault: maybe(z.enum(["continue", "block-key"])),
  expiresAfter: maybe(duration),
  gapAfter: maybe(duration),
  retry: maybe(strict({ first: maybe(duration), cap: maybe(duration), giveUpAfter: maybe(duration) })),
  startFrom: maybe(startFrom),
  idempotency,
  onUnknown: maybe(
    z.union([z.enum(["resend", "hold"]), lookup], { error: 'must be "resend", "hold" or { request, found }' }),
  ),
});
export type SenderFields = z.output<typeof sender>;
export type LookupFields = z.output<typeof lookup>;
