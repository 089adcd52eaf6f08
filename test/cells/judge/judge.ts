// The judge: pure. Every number of a cell from what giver and taker wrote down, and what of it breaks a promise.
import { limitOf, promisesOrder, wireBoundOf } from "./bounds.ts";
import { type Delivery, type Message, messagesOf, type Run, type Taking, takingsOf, victimRegion } from "./run.ts";

export interface CellNumbers {
  /** Messages that a giver gave, and those of them that were acknowledged. */
  readonly given: number;
  readonly acknowledged: number;
  /** Neither acknowledged nor dead with their own site. */
  readonly unanswered: number;
  /** Messages that stand at the taker. */
  readonly taken: number;
  /** Acknowledged, due, and not at the taker. */
  readonly lost: number;
  /** At the taker, given by nobody. */
  readonly invented: number;
  /** Deliveries beyond the first of each message, and how many of them the cell allows here. */
  readonly wireDuplicates: number;
  readonly wireBound: number;
  /** Effects that stand beyond the first of each message. */
  readonly duplicateEffects: number;
  /** First effects behind a later one of their key. */
  readonly outOfOrder: number;
  /** Sent to another site than before, although no site of theirs had failed. */
  readonly strayed: number;
  /** Taken later than the cell says. */
  readonly late: number;
  /** Longest from acknowledgement to the first delivery, in milliseconds as all below. */
  readonly longestMs: number;
  /** A fault of a region, or of its link, until the last message that was open then, or came a second later, was taken. */
  readonly takeoverMs: number | null;
  /** A fault of a site until the other took the first message of it. */
  readonly switchMs: number | null;
  /** The end of the last fault until all that was held then was taken. */
  readonly drainMs: number | null;
  /** The end of the last fault until the first delivery by the region, and at the site, that was hit. */
  readonly homeMs: number | null;
}

/** The numbers of a cell, by its name in the ledgers, for example `send-ps`. */
export function numbersOf(run: Run, cell: string): CellNumbers {
  const lines = run.lines.filter((line) => line.cell === cell);
  const messages = messagesOf(lines);
  const takings = takingsOf(cell, lines);
  const due = [...messages.values()].filter((message) => isDue(cell, message));
  const role = cell.split("-")[0] ?? "";
  const sum = (count: (taking: Taking) => number): number => takings.reduce((all, taking) => all + count(taking), 0);
  return {
    given: messages.size,
    acknowledged: [...messages.values()].filter(({ acknowledgedAt }) => acknowledgedAt !== null).length,
    unanswered: [...messages.values()].filter((each) => each.acknowledgedAt === null && !each.void).length,
    taken: Math.min(...takings.map(({ standing }) => new Set(standing.map(({ n }) => n)).size)),
    lost: sum(({ standing }) => missing(due, standing).length),
    invented: sum(({ deliveries }) => deliveries.filter(({ n }) => !messages.has(n)).length),
    wireDuplicates: sum(({ deliveries }) => deliveries.length - new Set(deliveries.map(({ n }) => n)).size),
    wireBound: sum((taking) => wireBoundOf(run, messages.values(), taking)),
    duplicateEffects: sum(({ standing }) => standing.length - new Set(standing.map(({ n }) => n)).size),
    outOfOrder: sum(({ standing }) => countOutOfOrder(standing, messages, role === "poll")),
    strayed: role === "send" && isWell(run) ? sum(({ deliveries }) => countStrayed(deliveries)) : 0,
    late: sum(({ deliveries }) => countLate(due, firstOf(deliveries), (message) => limitOf(message, run, role))),
    ...timesOf(run, due, takings),
  };
}

/** What breaks a promise, each in words; empty: the cell holds. */
export function problemsOf(run: Run, cell: string): readonly string[] {
  const numbers = numbersOf(run, cell);
  const { given, unanswered, lost, invented, wireDuplicates, wireBound, duplicateEffects, outOfOrder, strayed, late } =
    numbers;
  const rules: readonly (readonly [boolean, string])[] = [
    [given === 0, "nothing was given"],
    [unanswered > 0, `${unanswered} given and never acknowledged`],
    [lost > 0, `${lost} lost`],
    [invented > 0, `${invented} given by nobody`],
    [wireDuplicates > wireBound, `${wireDuplicates} duplicates on the wire, ${wireBound} allowed`],
    [duplicateEffects > 0, `${duplicateEffects} duplicate effects`],
    [outOfOrder > 0 && promisesOrder(run, cell), `${outOfOrder} out of order`],
    [strayed > 0, `${strayed} to another site, and none had failed`],
    [late > 0, `${late} later than the bound, the longest ${numbers.longestMs} ms`],
  ];
  return rules.flatMap(([broken, text]) => (broken ? [text] : []));
}

/** What died at their own site unread is theirs; what was acknowledged by one of our regions is due. */
const isDue = (cell: string, message: Message): boolean =>
  message.acknowledgedAt !== null && !(cell.startsWith("poll") && message.void);

function missing(due: readonly Message[], standing: readonly Delivery[]): readonly Message[] {
  const held = new Set(standing.map(({ n }) => n));
  return due.filter(({ n }) => !held.has(n));
}

function firstOf(deliveries: readonly Delivery[]): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  for (const { n, at } of deliveries) if (!first.has(n)) first.set(n, at);
  return first;
}

const countLate = (
  due: readonly Message[],
  first: ReadonlyMap<number, number>,
  limit: (message: Message) => number,
): number => due.filter((message) => (first.get(message.n) ?? Number.POSITIVE_INFINITY) > limit(message)).length;

/**
 * Effects that came after that of a message whose giver had waited for theirs to be acknowledged. Hubs of two regions are
 * read apart, so that only what one of them has is in an order; nor is there one between two logs of theirs that are read.
 */
function countOutOfOrder(
  standing: readonly Delivery[],
  messages: ReadonlyMap<number, Message>,
  isRead: boolean,
): number {
  const latestGiven = new Map<string, number>();
  const seen = new Set<number>();
  let count = 0;
  for (const { n, key, site, region } of standing) {
    const message = messages.get(n);
    if (message === undefined || seen.has(n)) continue;
    seen.add(n);
    const lane = site === "hub" ? `${key} ${region} ${isRead ? message.acknowledgedBy : ""}` : String(key);
    const latest = latestGiven.get(lane) ?? -1;
    if (message.acknowledgedLine !== null && message.acknowledgedLine < latest) count += 1;
    latestGiven.set(lane, Math.max(latest, message.givenLine));
  }
  return count;
}

const isWell = ({ faults }: Run): boolean => faults.every(({ on }) => on !== "site" && on !== "sites");

function countStrayed(deliveries: readonly Delivery[]): number {
  const siteOf = new Map<number, string>();
  for (const { key, site } of deliveries) if (!siteOf.has(key)) siteOf.set(key, site);
  return deliveries.filter(({ key, site }) => siteOf.get(key) !== site).length;
}

type Times = Pick<CellNumbers, "longestMs" | "takeoverMs" | "switchMs" | "drainMs" | "homeMs">;

function timesOf(run: Run, due: readonly Message[], takings: readonly Taking[]): Times {
  const deliveries = takings.flatMap((taking) => taking.deliveries).sort((one, other) => one.at - other.at);
  const firsts = takings.map((taking) => firstOf(taking.deliveries));
  const spans = due.flatMap(({ n, acknowledgedAt }) =>
    firsts.map((first) => ({ from: acknowledgedAt ?? 0, to: first.get(n) ?? null })),
  );
  /** From a moment until the last message was taken that was acknowledged by then, with some grace, and open. */
  const openAt = (moment: number, graceMs: number): number | null => {
    const open = spans.filter(({ from, to }) => from <= moment + graceMs && (to === null || to > moment));
    const ends = open.map(({ to }) => (to ?? Number.POSITIVE_INFINITY) - moment).filter(Number.isFinite);
    return ends.length === 0 ? null : Math.max(...ends);
  };
  const region = run.faults.find(({ on }) => on === "region" || on === "link");
  const site = run.faults.find(({ on }) => on === "site");
  const healedAt = Math.max(...run.faults.map(({ to }) => to));
  const after = (moment: number, fits: (delivery: Delivery) => boolean): number | null => {
    const found = deliveries.find((delivery) => delivery.at > moment && fits(delivery));
    return found === undefined ? null : found.at - moment;
  };
  const isHome = (delivery: Delivery): boolean =>
    (site === undefined || delivery.site === "a") && (region === undefined || delivery.region === victimRegion);
  return {
    longestMs: Math.max(0, ...spans.map(({ from, to }) => (to === null ? 0 : to - from))),
    takeoverMs: region === undefined ? null : openAt(region.from, 1_000),
    switchMs: site === undefined ? null : after(site.from, (delivery) => delivery.site === "b"),
    drainMs: run.faults.length === 0 ? null : openAt(healedAt, 0),
    homeMs: region === undefined && site === undefined ? null : after(healedAt, isHome),
  };
}
