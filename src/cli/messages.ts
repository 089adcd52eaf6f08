import * as z from "zod";
import { outcomeNames } from "../core/records.ts";

/** What regions answer, as far as the commands use it. */

const count = z.number();
const outcomes = z.object(Object.fromEntries(outcomeNames.map((name) => [name, count])) as OutcomeShape);
type OutcomeShape = { readonly [O in (typeof outcomeNames)[number]]: typeof count };

const connector = z.object({
  role: z.string(),
  partner: z.string(),
  paused: z.boolean(),
  draining: z.boolean(),
  digest: z.string(),
  ratePerS: z.number(),
  capacityBytes: z.number(),
  sites: z.record(z.string(), z.string()),
  chains: z.record(z.string(), z.object({ site: z.string(), stays: z.string(), switchInMs: z.number().nullable() })),
  actsFor: z.array(z.string()),
  ledger: z.object({
    accepted: count,
    pending: count,
    byOutcome: outcomes,
    conflicts: count,
    pendingBytes: count,
    oldestPendingAt: z.number().nullable(),
  }),
  poll: z
    .object({
      state: z.string(),
      site: z.string(),
      why: z.string(),
      cursorAgeMs: z.number().nullable(),
      lastReadAt: z.number().nullable(),
      // A region of the version before does not say it.
      nextReadAt: z.number().nullable().default(null),
    })
    .nullable(),
  gaps: z.object({
    missing: count,
    gaps: z.array(z.object({ series: z.string(), from: count, to: count, state: z.string(), forMs: z.number() })),
  }),
  readers: z.record(
    z.string(),
    z.object({ unread: count, oldestUnreadAt: z.number().nullable(), lastReadAt: z.number().nullable() }),
  ),
});
export const regionStatus = z.object({
  environment: z.string(),
  mode: z.string(),
  region: z.string(),
  ready: z.boolean(),
  wallMs: z.number(),
  duties: z.array(
    z.object({
      region: z.string(),
      state: z.string(),
      epoch: z.number().nullable(),
      remainingMs: z.number(),
      holder: z.string().nullable(),
    }),
  ),
  peers: z.record(z.string(), z.object({ reachable: z.boolean(), ready: z.boolean(), behind: z.number().nullable() })),
  sites: z.record(
    z.string(),
    z.object({
      breaker: z.string(),
      failingForMs: z.number().nullable(),
      reason: z.string(),
      restMs: z.number().nullable(),
    }),
  ),
  connectors: z.record(z.string(), connector),
});
export type RegionStatus = z.output<typeof regionStatus>;
export type ConnectorStatus = z.output<typeof connector>;

const settlement = z.looseObject({ outcome: z.string(), time: z.number(), reason: z.string().nullable() });
const entry = z.object({
  connector: z.string(),
  identity: z.string(),
  id: z.string(),
  round: count,
  outcome: z.string().nullable(),
  reason: z.string().nullable(),
  entries: z.array(z.looseObject({ journal: z.string(), acceptedAt: z.number(), key: z.string().nullable() })),
  settlements: z.array(settlement),
  payload: z.unknown(),
});
export const entries = z.object({ entries: z.array(entry) });
export type Entry = z.output<typeof entry>;

export const decisions = z.object({
  results: z.array(
    z.discriminatedUnion("kind", [
      z.object({ kind: z.literal("done"), identity: z.string() }),
      z.object({ kind: z.literal("refused"), identity: z.string(), why: z.string() }),
    ]),
  ),
});
export const counted = z.object({ counts: z.record(z.string(), z.number()) });
export const info = z.object({ region: z.string(), pid: z.number(), version: z.string() });
