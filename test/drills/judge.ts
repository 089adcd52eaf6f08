// The judge: pure. From what the giver saw and what the taker saw, never from the gateway's own counters.
import type { SiteName } from "../partner/config.ts";
import type { Line } from "../partner/ledger.ts";
import type { Given } from "./giver.ts";

/** When the drill did what; milliseconds since 1970. */
export interface Marks {
  /** A region was killed; `dutyMovedAt` = a survivor was seen to hold its duties. */
  readonly kill?: { readonly region: string; readonly at: number; readonly dutyMovedAt?: number };
  /** The partner's site in use was stopped. */
  readonly siteStop?: { readonly site: SiteName; readonly at: number };
}

export interface Verdict {
  /** Distinct deliveries that the giver gave. */
  readonly given: number;
  /** Of these, answered with a 2xx. */
  readonly acknowledged: number;
  /** Distinct identities that the partner verified and took, and still holds. */
  readonly received: number;
  /** Acknowledged, an invoice is due, and the partner does not hold it. */
  readonly lost: number;
  /** Identities at the partner that nobody gave, that are due no invoice, or that carry another key's name. */
  readonly invented: number;
  /** Verified requests beyond the first of each identity. */
  readonly wireDuplicates: number;
  /** Effects that stand beyond the first of each identity. */
  readonly duplicateEffects: number;
  /** Effects that stand behind a later one of their key. */
  readonly outOfOrder: number;
  /** Kill of a region until the last invoice it had acknowledged, and that was still open, was taken; if none was
   * open, until a survivor held its duties. Null = no kill, or it never came to that. */
  readonly takeoverMs: number | null;
  /** Stop of a site until the other took the first invoice. Null = no stop, or it took none. */
  readonly siteSwitchMs: number | null;
}

type Request = Extract<Line, { kind: "request" }>;
interface Proved extends Request {
  readonly id: string;
}
interface Standing {
  readonly effect: number;
  readonly id: string;
  readonly key: string | null;
}

export function judge(given: readonly Given[], ledger: readonly Line[], marks: Marks = {}): Verdict {
  const proved = ledger.filter(isProved);
  const standing = standingEffects(ledger, proved);
  const held = new Set(standing.map(({ id }) => id));
  const due = new Map(given.filter(({ billed }) => billed).map((one) => [one.id, one]));
  const foreign = proved.filter(({ id, key }) => due.get(id)?.key !== key);
  return {
    given: new Set(given.map(({ id }) => id)).size,
    acknowledged: new Set(given.filter(isAcknowledged).map(({ id }) => id)).size,
    received: held.size,
    lost: [...due.values()].filter((one) => isAcknowledged(one) && !held.has(one.id)).length,
    invented: new Set(foreign.map(({ id }) => id)).size,
    wireDuplicates: proved.length - new Set(proved.map(({ id }) => id)).size,
    duplicateEffects: countDuplicateEffects(ledger, standing),
    outOfOrder: countOutOfOrder(given, standing),
    takeoverMs: takeover(given, proved, marks.kill),
    siteSwitchMs: siteSwitch(proved, marks.siteStop),
  };
}

const isProved = (line: Line): line is Proved => line.kind === "request" && line.verified && line.id !== null;
const isAcknowledged = ({ acknowledgedAt }: Given): boolean => acknowledgedAt !== null;
const timeOf = ({ time }: Line): number => Date.parse(time);
const took = ({ effect, duplicate, status }: Request): boolean => effect !== null || (duplicate && status === 200);

/** Effects that at least one site still holds, in the order in which they were made. */
function standingEffects(ledger: readonly Line[], proved: readonly Proved[]): readonly Standing[] {
  const sites = { primary: new Set<number>(), secondary: new Set<number>() };
  for (const line of ledger) {
    if (line.kind === "request" && line.effect !== null) sites[line.site].add(line.effect);
    if (line.kind === "replicated" && !line.merged) sites[line.site].add(line.effect);
    if (line.kind === "lost") sites[line.site].delete(line.effect);
  }
  return proved.flatMap(({ effect, id, key }) =>
    effect !== null && (sites.primary.has(effect) || sites.secondary.has(effect)) ? [{ effect, id, key }] : [],
  );
}

/** Two effects that replication merged by their identity are one. */
function countDuplicateEffects(ledger: readonly Line[], standing: readonly Standing[]): number {
  const merged = new Set(ledger.flatMap((line) => (line.kind === "replicated" && line.merged ? [line.effect] : [])));
  const apart = standing.filter(({ effect }) => !merged.has(effect));
  return apart.length - new Set(apart.map(({ id }) => id)).size;
}

function countOutOfOrder(given: readonly Given[], standing: readonly Standing[]): number {
  const place = new Map(given.map(({ id }, index) => [id, index]));
  const furthest = new Map<string | null, number>();
  const seen = new Set<string>();
  let count = 0;
  for (const { id, key } of standing) {
    const at = place.get(id);
    if (at === undefined || seen.has(id)) continue;
    seen.add(id);
    const before = furthest.get(key) ?? -1;
    if (at < before) count += 1;
    furthest.set(key, Math.max(at, before));
  }
  return count;
}

function takeover(given: readonly Given[], proved: readonly Proved[], kill: Marks["kill"]): number | null {
  if (!kill) return null;
  const firstTaken = new Map<string, number>();
  for (const line of proved) if (took(line) && !firstTaken.has(line.id)) firstTaken.set(line.id, timeOf(line));
  const open = given.filter(
    ({ id, billed, acknowledgedBy, acknowledgedAt }) =>
      billed &&
      acknowledgedBy === kill.region &&
      acknowledgedAt !== null &&
      acknowledgedAt <= kill.at &&
      (firstTaken.get(id) ?? Number.POSITIVE_INFINITY) > kill.at,
  );
  const ends = open.length > 0 ? open.map(({ id }) => firstTaken.get(id)) : [kill.dutyMovedAt];
  const times = ends.filter((end) => end !== undefined);
  return times.length === ends.length ? Math.max(...times) - kill.at : null;
}

function siteSwitch(proved: readonly Proved[], stop: Marks["siteStop"]): number | null {
  if (!stop) return null;
  const first = proved.find((line) => line.site !== stop.site && timeOf(line) >= stop.at && took(line));
  return first ? timeOf(first) - stop.at : null;
}

/** The site that took an invoice last; the primary before any was taken. */
export function siteInUse(ledger: readonly Line[]): SiteName {
  return ledger.filter(isProved).findLast(took)?.site ?? "primary";
}
