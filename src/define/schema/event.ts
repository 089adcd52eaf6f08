// CloudEvents 1.0 as our hub takes them: for whoever publishes over HTTP, and for the format's own rules.
import * as z from "zod";
import { DefinitionFault } from "../faults.ts";
import type { HubEvent } from "../spec.ts";
import { issueLines } from "./validate.ts";

const text = z.string().min(1);
const hubEvent = z.object({
  specversion: z.literal("1.0").optional(),
  type: text,
  id: text,
  source: text,
  time: z.iso.datetime({ offset: true }),
  subject: z.exactOptional(text),
  partitionkey: z.exactOptional(text),
  sequence: z.exactOptional(text),
  correlationid: z.exactOptional(text),
  causationid: z.exactOptional(text),
  dataref: z.exactOptional(text),
  data: z.unknown(),
});

/**
 * An event of the hub from JSON (structured mode); attributes that the hub does not know are left out. `wallMs` is
 * the time of an event that has none. Throws a `DefinitionFault` (`event-invalid`) that names the attribute.
 */
export const parseHubEvent = (given: unknown, wallMs: number): HubEvent => {
  const time = new Date(wallMs).toISOString();
  const timed = typeof given === "object" && given !== null ? { time, data: null, ...given } : given;
  const result = hubEvent.safeParse(timed);
  if (!result.success) throw new DefinitionFault("event-invalid", `event: ${issueLines(result.error.issues)}`);
  const { specversion: _, ...event } = result.data;
  return event;
};
