// Events of ours as egress functions get them: parsed by the schema that the definition subscribes to them with.
import { DefinitionFault } from "../faults.ts";
import { type Schema, validated } from "../schema/validate.ts";
import type { HubEvent } from "../spec.ts";

export type ParseEvent = (event: HubEvent) => HubEvent;

/** Throws a `DefinitionFault` (`event-invalid`) where the type is not subscribed or the data does not fit. */
export const eventParser =
  (events: Readonly<Record<string, Schema>>): ParseEvent =>
  (event) => {
    const schema = Object.hasOwn(events, event.type) ? events[event.type] : undefined;
    if (schema === undefined) throw new DefinitionFault("event-invalid", `'${event.type}' is not subscribed`);
    return { ...event, data: validated(schema, event.data, "event-invalid", `'${event.type}'`) };
  };
