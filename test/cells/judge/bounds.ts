// What the cells allow, computed from what the ledgers show. Milliseconds.
import type { VariantName } from "../../../src/matrix/cells.ts";
import {
  type Delivery,
  type FaultSpan,
  type Message,
  type Run,
  type Subject,
  type Taking,
  victimRegion,
} from "./run.ts";

interface Bounds {
  /** Lease expiry and five seconds. */
  readonly takeoverMs: number;
  /**
   * Until a request shows that a link is bad (5 s at most), it is so for a while (4 s), what is under way ends (5 s), and
   * the other region has the duty (2 s).
   */
  readonly handOverMs: number;
  /** Their `failoverAfter`, what it takes to be sure of it, and the redelivery. */
  readonly switchMs: number;
  /** Everything that was held is out this long after the last fault. */
  readonly drainMs: number;
  /** A message that nothing hinders. */
  readonly calmMs: number;
  /** What a queue had handed out to a function that was cut off is handed out again after this. */
  readonly redeliveryMs: number;
}

const bounds: Readonly<Record<Run["level"], Bounds>> = {
  live: { takeoverMs: 13_000, handOverMs: 16_000, switchMs: 10_000, drainMs: 12_000, calmMs: 5_000, redeliveryMs: 0 },
  // Short leases; functions that must start, and be called again, come on top, and two cores that stand for a cloud.
  cloud: {
    takeoverMs: 20_000,
    handOverMs: 30_000,
    switchMs: 20_000,
    drainMs: 25_000,
    calmMs: 10_000,
    redeliveryMs: 100_000,
  },
};

/** How long before a fault what was sent may be sent again: not settled, or not known to the other region. */
const openMs = 3_000;
/** From the fault to the last line that was under way. */
const momentMs = 1_000;
/** Their recoveryPoint (2 s), the difference between two clocks (1 s), and one request (2 s). */
const recoveryMs = 5_000;

/** When a message must have been taken, at the latest. */
export function limitOf(message: Message, run: Run, role: string): number {
  const at = message.acknowledgedAt ?? message.givenAt;
  const { drainMs, calmMs, switchMs, redeliveryMs } = bounds[run.level];
  const patience = patienceOf(bounds[run.level]);
  const limits = run.faults
    .filter(({ from, to }) => at >= from - openMs && at <= to + drainMs)
    .map(
      (fault) =>
        Math.max(at, anchorOf(fault, message, run, role)) +
        patience[fault.on] +
        (isQueued(fault, message, run, role) ? redeliveryMs : 0),
    );
  return Math.max(at + calmMs, ...limits) + (run.faults.length > 1 ? switchMs : 0);
}

const patienceOf = ({ takeoverMs, switchMs, drainMs, handOverMs }: Bounds): Readonly<Record<Subject, number>> => ({
  region: takeoverMs,
  peers: takeoverMs,
  site: switchMs,
  sites: drainMs,
  link: handOverMs,
  links: drainMs,
});

/**
 * Whether a message lay in a bus or queue of a region that was hit: in a cloud these are not the gateway's, so that what
 * they took, and it had not accepted, stays there.
 */
function isQueued({ on }: FaultSpan, { acknowledgedBy }: Message, { level, driver }: Run, role: string): boolean {
  const queued = role === "send" || role === "feed" || (role === "receive" && driver !== "http");
  return level === "cloud" && on === "region" && queued && acknowledgedBy === victimRegion;
}

/** From when on the flow must resume: from the fault itself, or, where nothing is promised before, from its end. */
function anchorOf(fault: FaultSpan, message: Message, run: Run, role: string): number {
  const { on, from, to } = fault;
  const { variant } = run;
  const held = on === "sites" || on === "links";
  // What a region accepted that cannot tell anybody comes when it is back.
  const silent = (variant === "isolated" || variant === "frozen") && message.acknowledgedBy === victimRegion;
  const mute = silent || isQueued(fault, message, run, role);
  // What lies at a site that is down cannot be read there, nor can it be given to that site.
  const theirs = on === "site" && (role === "poll" || role === "feed");
  // Short requests still pass: while there are any, the link is not seen as bad, and what is long waits.
  const long = variant === "large-packets-lost" && (role === "send" || role === "poll");
  return held || mute || theirs || long ? to : from;
}

/**
 * How many deliveries may be repeated: of what was in flight when something failed, and of what each change of site
 * delivers again. Over a bad link, and to a slow site, each try without an answer counts. Undisturbed: none.
 */
export function wireBoundOf(run: Run, messages: Iterable<Message>, { deliveries }: Taking): number {
  const tries = [...messages].reduce((sum, message) => sum + message.tries, 0);
  return run.faults.reduce((sum, fault) => sum + inFlight(fault, run, deliveries), tries + switched(run, deliveries));
}

function inFlight({ on, from, to }: FaultSpan, { variant, level }: Run, deliveries: readonly Delivery[]): number {
  const { takeoverMs } = bounds[level];
  switch (on) {
    case "region":
      // One that is cut off acts on until its lease ends, and nobody hears what it did.
      return countOnce(deliveries, from - openMs, from + (variant === "isolated" ? takeoverMs : momentMs));
    case "peers":
      return countOnce(deliveries, from - openMs, to + openMs);
    case "link":
    case "links":
      return within(deliveries, from - openMs, to + openMs).length;
    case "site":
    case "sites":
      return variant === "slow-site"
        ? within(deliveries, from - recoveryMs, to + openMs).length
        : countOnce(deliveries, from - momentMs, from + momentMs);
  }
}

/** Every change of site, the way home included, delivers again what the site that is left may have lost (rule 17). */
function switched({ faults }: Run, deliveries: readonly Delivery[]): number {
  const since = Math.min(...faults.filter(({ on }) => on === "site" || on === "sites").map(({ from }) => from));
  const siteOf = new Map<number, string>();
  let count = 0;
  for (const { at, key, site } of deliveries) {
    const left = siteOf.get(key);
    siteOf.set(key, site);
    if (at <= since || left === undefined || left === site) continue;
    const there = within(deliveries, 0, at).filter((each) => each.site === left);
    // Who decided may not have heard of the very last ones.
    const heard = there.findLast((each) => each.at <= at - momentMs)?.at ?? 0;
    const ofKey = there.filter((each) => each.key === key);
    count += countOnce(ofKey, heard - recoveryMs, at);
  }
  return count;
}

const within = (deliveries: readonly Delivery[], from: number, to: number): readonly Delivery[] =>
  deliveries.filter(({ at }) => at >= from && at <= to);
const countOnce = (deliveries: readonly Delivery[], from: number, to: number): number =>
  new Set(within(deliveries, from, to).map(({ n }) => n)).size;

/** What the hub of a region took that is away is passed over after a while, and comes later than what followed it. */
const losesRegion = ({ faults }: Run): boolean => faults.some(({ on }) => on === "region" || on === "peers");

/**
 * Whether the order within a key is promised: not where a region accepts alone, nor over sites of an active-active
 * partner, nor by a feed over two journals; and by no hub that has no order.
 */
export function promisesOrder(run: Run, cell: string): boolean {
  const [role, theirs] = cell.split("-");
  if (run.level === "cloud" && (role !== "send" || run.driver !== "http" || losesRegion(run))) return false;
  if (role === "feed") return run.faults.length === 0;
  const alone: readonly VariantName[] = ["isolated", "frozen", "cut-from-peer"];
  if (alone.includes(run.variant)) return false;
  return theirs === "ps" || run.faults.every(({ on }) => on !== "site" && on !== "sites");
}
