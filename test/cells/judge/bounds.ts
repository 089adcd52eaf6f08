// What the cells allow, computed from what the ledgers show. Milliseconds of the local platform's default timings.
import type { VariantName } from "../../../src/matrix/cells.ts";
import type { Delivery, FaultSpan, Message, Run, Subject, Taking } from "./run.ts";

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Lease expiry and five seconds. */
const takeoverMs = 13_000;
/**
 * Until a request shows that a link is bad (5 s at most), it is so for a while (4 s), what is under way ends (5 s), and the
 * other region has the duty (2 s).
 */
const handOverMs = 16_000;
/** Their `failoverAfter`, what it takes to be sure of it, and the redelivery. */
const switchMs = 10_000;
/** Everything that was held is out this long after the last fault. */
const drainMs = 12_000;
/** A message that nothing hinders. */
const calmMs = 5_000;

/** How long before a fault what was sent may be sent again: not settled, or not known to the other region. */
const openMs = 3_000;
/** From the fault to the last line that was under way. */
const momentMs = 1_000;
/** Their recoveryPoint, the difference between two clocks, one request, and the time between two deliveries. */
const recoveryMs = 6_000;

/** When a message must have been taken, at the latest. */
export function limitOf(message: Message, run: Run, role: string): number {
  const at = message.acknowledgedAt ?? message.givenAt;
  const limits = run.faults
    .filter(({ from, to }) => at >= from - openMs && at <= to + drainMs)
    .map((fault) => Math.max(at, anchorOf(fault, message, run.variant, role)) + patience[fault.on]);
  return Math.max(at + calmMs, ...limits) + (run.faults.length > 1 ? switchMs : 0);
}

const patience: Readonly<Record<Subject, number>> = {
  region: takeoverMs,
  peers: takeoverMs,
  site: switchMs,
  sites: drainMs,
  link: handOverMs,
  links: drainMs,
};

/** From when on the flow must resume: from the fault itself, or, where nothing is promised before, from its end. */
function anchorOf(
  { on, from, to }: FaultSpan,
  { acknowledgedBy }: Message,
  variant: VariantName,
  role: string,
): number {
  const held = on === "sites" || on === "links";
  // What a region accepted that cannot tell anybody comes when it is back.
  const mute = (variant === "isolated" || variant === "frozen") && acknowledgedBy === "east";
  // What lies at a site that is down cannot be read there, nor can it be given to that site.
  const theirs = on === "site" && (role === "poll" || role === "feed");
  return held || mute || theirs ? to : from;
}

/**
 * How many messages may be delivered once more: what was in flight when something failed, and what a switch delivers
 * again. Over a bad link each try without an answer counts. Undisturbed: none.
 */
export function wireBoundOf(run: Run, messages: Iterable<Message>, { deliveries }: Taking): number {
  const spans = run.faults.flatMap((fault) => spansOf(fault, run.variant, deliveries));
  const within = deliveries.filter(({ at }) => spans.some(({ from, to }) => at >= from && at <= to));
  const once = run.faults.every(({ on }) => on !== "link" && on !== "links") && run.variant !== "slow-site";
  const inFlight = once ? new Set(within.map(({ n }) => n)).size : within.length;
  return inFlight + [...messages].reduce((sum, { tries }) => sum + tries, 0);
}

function spansOf({ on, from, to }: FaultSpan, variant: VariantName, deliveries: readonly Delivery[]): readonly Span[] {
  switch (on) {
    case "region":
      // One that is cut off acts on until its lease ends, and nobody hears what it did.
      return [{ from: from - openMs, to: from + (variant === "isolated" ? takeoverMs : momentMs) }];
    case "peers":
    case "link":
    case "links":
      return [{ from: from - openMs, to: to + openMs }];
    case "site":
    case "sites":
      return [
        { from: from - recoveryMs, to: variant === "slow-site" ? to + openMs : from + momentMs },
        ...failbackSpans(to, deliveries),
      ];
  }
}

/** The way home is a switch like the other. */
function failbackSpans(backAt: number, deliveries: readonly Delivery[]): readonly Span[] {
  const first = deliveries.find(({ at, site }) => at > backAt && site === "a");
  return first === undefined ? [] : [{ from: first.at - recoveryMs, to: first.at + momentMs }];
}

/**
 * Whether the order within a key is promised: not where a region accepts alone, nor over sites of an active-active
 * partner, nor by a feed over two journals.
 */
export function promisesOrder(run: Run, cell: string): boolean {
  const [role, theirs] = cell.split("-");
  if (role === "feed") return run.faults.length === 0;
  const alone: readonly VariantName[] = ["isolated", "frozen", "cut-from-peer"];
  if (alone.includes(run.variant)) return false;
  return theirs === "ps" || run.faults.every(({ on }) => on !== "site" && on !== "sites");
}
