// Events as entries of a bus, and back from the envelope that its rules hand on. The whole event stands in the detail, so that
// nothing of it is lost: neither extensions nor the chain of partners that it passed.
import type { HubEvent } from "../../define/spec.ts";

export interface Entry {
  readonly input: {
    readonly EventBusName: string;
    readonly Source: string;
    readonly DetailType: string;
    readonly Detail: string;
    /** Seconds since 1970. */
    readonly Time: number;
  };
  /** As the service counts them. */
  readonly bytes: number;
}

/** Of one entry, and of all entries of one call together, in bytes. */
export const longestEntry = 262_144;
const mostEntries = 10;
/** What the time of an entry counts. */
const timeBytes = 14;

export const entryOf = (event: HubEvent, bus: string): Entry => {
  const Detail = JSON.stringify({ specversion: "1.0", ...event });
  // Rules match by these; the event's own source may be longer than a bus allows.
  const Source = "isthmus";
  const DetailType = event.type.slice(0, 128);
  const bytes = timeBytes + [Source, DetailType, Detail].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return { input: { EventBusName: bus, Source, DetailType, Detail, Time: Date.parse(event.time) / 1_000 }, bytes };
};

/** In order, each within the bounds of one call. */
export const batchesOf = (entries: readonly Entry[]): readonly (readonly Entry[])[] => {
  const batches: Entry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const batch = batches.at(-1);
    if (batch === undefined || batch.length >= mostEntries || bytes + entry.bytes > longestEntry) {
      batches.push([entry]);
      bytes = entry.bytes;
    } else {
      batch.push(entry);
      bytes += entry.bytes;
    }
  }
  return batches;
};

/** The event in what a rule of the bus put into a queue; null: none. */
export const eventIn = (body: string): HubEvent | null => {
  const envelope = parsed(body);
  const detail: unknown = Reflect.get(Object(envelope), "detail");
  return isEvent(detail) ? withoutVersion(detail) : null;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};

const required = ["type", "id", "source", "time"] as const;

const isEvent = (given: unknown): given is HubEvent & { readonly specversion?: unknown } =>
  typeof given === "object" &&
  given !== null &&
  "data" in given &&
  required.every((name) => {
    const value: unknown = Reflect.get(given, name);
    return typeof value === "string" && value !== "";
  });

const withoutVersion = ({ specversion: _, ...event }: HubEvent & { readonly specversion?: unknown }): HubEvent => event;
