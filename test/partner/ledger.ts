// The ledger: everything that the partner saw and did, append-only, written by the partner's process alone.
import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import * as z from "zod";
import { siteNames } from "./config.ts";

const site = z.enum(siteNames);
const time = z.iso.datetime();

export const lineSchema = z.discriminatedUnion("kind", [
  /** One request on the wire. `effect` = number of the effect that it made; `status` null = never answered. */
  z.object({
    kind: z.literal("request"),
    time,
    site,
    id: z.string().nullable(),
    key: z.string().nullable(),
    verified: z.boolean(),
    duplicate: z.boolean(),
    digest: z.string(),
    /** How many effects this key has at this site, this one included. */
    sequence: z.int().nullable(),
    effect: z.int().nullable(),
    status: z.int().nullable(),
    fault: z.string(),
    traceparent: z.string().nullable(),
  }),
  /** An effect made at `from` now stands at `site` too; merged = an idempotent partner already had that identity. */
  z.object({
    kind: z.literal("replicated"),
    time,
    site,
    from: site,
    effect: z.int(),
    id: z.string(),
    merged: z.boolean(),
  }),
  /** An effect that died with the site that made it, before it was replicated. */
  z.object({ kind: z.literal("lost"), time, site, effect: z.int(), id: z.string() }),
  z.object({ kind: z.literal("stopped"), time, site, loss: z.boolean(), lost: z.int() }),
  z.object({ kind: z.literal("started"), time, site }),
  z.object({ kind: z.literal("fault"), time, site, fault: z.string() }),
]);

export type Line = z.output<typeof lineSchema>;
type WithoutTime<T> = T extends unknown ? Omit<T, "time"> : never;
/** Adds the time and writes the line. */
export type Append = (line: WithoutTime<Line>) => void;

/** Opens the ledger to append. A line is in the file before the call returns, thus before the answer it describes. */
export function openLedger(path: string, now: () => number = Date.now): Append {
  mkdirSync(dirname(path), { recursive: true });
  appendFileSync(path, "");
  return (line) => appendFileSync(path, `${JSON.stringify({ ...line, time: new Date(now()).toISOString() })}\n`);
}

/** Reads a ledger, also while it is being written: a last line without its end is left for the next read. */
export function readLedger(path: string): readonly Line[] {
  return readFileSync(path, "utf8")
    .split("\n")
    .slice(0, -1)
    .map((text) => lineSchema.parse(JSON.parse(text)));
}
