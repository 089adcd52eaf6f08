import { outcomeNames } from "../../core/records.ts";
import { type ExitCode, exit } from "../exit.ts";
import type { ConnectorStatus, RegionStatus } from "../messages.ts";

/** The ledger of what regions know together. `missing` is not zero only where the gateway itself is wrong. */
export interface LedgerLine {
  readonly accepted: number;
  readonly parts: Readonly<Record<string, number>>;
  readonly missing: number;
}

export interface ConnectorLine {
  readonly name: string;
  readonly role: string;
  /** Accepted a second, in all regions. */
  readonly ratePerS: number;
  readonly held: number;
  readonly oldestMs: number;
  readonly faults: number;
  readonly unknown: number;
  readonly conflicts: number;
  readonly sites: readonly string[];
  /** Any site in use does not answer. */
  readonly down: boolean;
  /** When the held bytes reach the capacity at the present rate, in milliseconds; null: never, or not known. */
  readonly fullInMs: number | null;
  readonly state: "at work" | "paused" | "draining";
  /** null: the connector reads nothing. */
  readonly poll: PollLine | null;
  /** Numbers of theirs that never came. */
  readonly missingNumbers: number;
  /** The first of them, in words. */
  readonly gaps: readonly string[];
  readonly readers: readonly ReaderLine[];
}

/** How a partner is read. */
export interface PollLine {
  /** The region that reads; null: none does. */
  readonly region: string | null;
  readonly state: string;
  readonly site: string;
  readonly why: string;
  readonly cursorAgeMs: number | null;
}

/** How far a reader of a feed is. */
export interface ReaderLine {
  readonly name: string;
  readonly unread: number;
  /** Age of the oldest event that it has not acknowledged. */
  readonly behindMs: number;
}

export interface Report {
  readonly regions: readonly {
    readonly name: string;
    readonly state: string;
    readonly well: boolean;
    readonly epoch: number | null;
  }[];
  readonly witness: "ok" | "silent" | null;
  readonly definitionsEqual: boolean;
  /** Who is to blame, in words: us, them, or the link. */
  readonly verdicts: readonly string[];
  readonly connectors: readonly ConnectorLine[];
  readonly ledger: LedgerLine;
  readonly silent: Readonly<Record<string, string>>;
  readonly code: ExitCode;
}

export interface Heard {
  readonly statuses: readonly (readonly [string, RegionStatus])[];
  readonly silent: Readonly<Record<string, string>>;
  readonly witness: "ok" | "silent" | null;
}

/** One picture from what the regions said. Pure. */
export const reportOf = ({ statuses, silent, witness }: Heard): Report => {
  const names = [...new Set(statuses.flatMap(([, { connectors }]) => Object.keys(connectors)))].sort();
  const connectors = names.map((name) => lineOf(name, statuses));
  const verdicts = [...oursIn(statuses, silent), ...theirsIn(statuses), ...refusedIn(connectors)];
  const ledger = ledgerOf(names.map((name) => fullest(name, statuses)));
  const definitionsEqual = names.every(
    (name) => new Set(statuses.map(([, of]) => of.connectors[name]?.digest)).size === 1,
  );
  const listed = connectors.some(({ faults, unknown, missingNumbers }) => faults + unknown + missingNumbers > 0);
  const well = verdicts.length === 0 && ledger.missing === 0 && definitionsEqual && !listed && witness !== "silent";
  const heardAll = Object.keys(silent).length === 0;
  const code = !heardAll ? exit.silent : well ? exit.well : exit.degraded;
  const regions = statuses.map(([name, { ready, duties }]) => ({
    name,
    state: ready ? "ok" : "starting",
    well: ready,
    epoch: duties.find(({ region }) => region === name)?.epoch ?? null,
  }));
  return { regions, witness, definitionsEqual, verdicts, connectors, ledger, silent, code };
};

const oursIn = (statuses: Heard["statuses"], silent: Heard["silent"]): readonly string[] => {
  const duties = new Set(statuses.flatMap(([, of]) => of.duties.map(({ region }) => region)));
  const held = new Set(
    statuses.flatMap(([, of]) => of.duties.flatMap(({ region, holder }) => (holder === null ? [] : [region]))),
  );
  return [
    ...Object.entries(silent).map(([region, why]) => `OURS    ${region} does not answer: ${why}`),
    ...statuses
      .filter(([, { ready }]) => !ready)
      .map(([region]) => `OURS    ${region} is starting: it catches up first`),
    ...[...duties]
      .filter((duty) => !held.has(duty))
      .map((duty) => `OURS    nobody acts for what ${duty} accepted; it is kept until a region has the lease`),
  ];
};

/** A site that one region reaches and another does not: the link. One that no region reaches: theirs. */
const theirsIn = (statuses: Heard["statuses"]): readonly string[] => {
  const sites = new Set(statuses.flatMap(([, of]) => Object.keys(of.sites)));
  return [...sites].flatMap((site) => {
    const views = statuses.flatMap(([region, of]) =>
      of.sites[site] === undefined ? [] : [{ region, ...of.sites[site] }],
    );
    const away = views.filter(({ breaker }) => breaker !== "closed");
    if (away.length === 0) return [];
    const [first] = away;
    const from = away.map(({ region }) => region).join(", ");
    // A site that refuses our credentials does not fail: it is spared our requests.
    if (away.every(({ failingForMs }) => failingForMs === null))
      return [`OURS    ${site} from ${from}: ${first?.reason || "it is spared our requests"}`];
    const sinceMs = Math.max(...away.map(({ failingForMs }) => failingForMs ?? 0));
    const since = `${first?.reason || "away"}, for ${Math.round(sinceMs / 1_000)}s`;
    if (away.length === views.length) return [`THEIRS  ${site}: ${since}`];
    return [`LINK    ${site} from ${from}: ${since}; other regions reach it`];
  });
};

/**
 * Every region knows the journals of all, as far as they were replicated: the one that knows most speaks for the
 * connector. Sums over regions would count an entry once per copy.
 */
const fullest = (name: string, statuses: Heard["statuses"]): ConnectorStatus["ledger"] => {
  const ledgers = statuses.flatMap(([, of]) => of.connectors[name]?.ledger ?? []);
  const [first, ...others] = ledgers;
  if (first === undefined) throw new Error(`no region has the connector '${name}'`);
  return others.reduce((best, next) => {
    if (next.accepted !== best.accepted) return next.accepted > best.accepted ? next : best;
    return next.pending < best.pending ? next : best;
  }, first);
};

/** A poll that only a person can bring to another site. */
const refusedIn = (connectors: readonly ConnectorLine[]): readonly string[] =>
  connectors.flatMap(({ name, poll }) =>
    poll?.state === "refused" ? [`OURS    ${name} is not read: ${poll.why}`] : [],
  );

const ledgerOf = (ledgers: readonly ConnectorStatus["ledger"][]): LedgerLine => {
  const sum = (of: (ledger: ConnectorStatus["ledger"]) => number): number =>
    ledgers.reduce((total, ledger) => total + of(ledger), 0);
  const parts = Object.fromEntries([
    ...outcomeNames.map((outcome) => [outcome, sum(({ byOutcome }) => byOutcome[outcome])] as const),
    ["pending", sum(({ pending }) => pending)] as const,
  ]);
  const accepted = sum((ledger) => ledger.accepted);
  return { accepted, parts, missing: accepted - Object.values(parts).reduce((total, part) => total + part, 0) };
};

const lineOf = (name: string, statuses: Heard["statuses"]): ConnectorLine => {
  const here = statuses.flatMap(([region, of]) => {
    const connector = of.connectors[name];
    return connector === undefined ? [] : [{ region, connector, sites: of.sites, wallMs: of.wallMs }];
  });
  const ledger = fullest(name, statuses);
  const ratePerS = here.reduce((sum, { connector }) => sum + connector.ratePerS, 0);
  const sites = [...new Set(here.flatMap(({ connector }) => Object.values(connector.sites)))];
  const isDown = (site: string): boolean =>
    here.every((of) => of.sites[`${of.connector.partner}/${site}`]?.breaker !== "closed");
  const { oldestPendingAt, pending, byOutcome, conflicts } = ledger;
  const now = Math.max(...here.map(({ wallMs }) => wallMs));
  const down = sites.some(isDown);
  const capacity = Math.min(...here.map(({ connector }) => connector.capacityBytes));
  const state = here.some(({ connector }) => connector.paused)
    ? "paused"
    : here.some(({ connector }) => connector.draining)
      ? "draining"
      : "at work";
  return {
    name,
    role: here[0]?.connector.role ?? "",
    ratePerS,
    held: pending,
    oldestMs: oldestPendingAt === null ? 0 : Math.max(0, now - oldestPendingAt),
    faults: byOutcome.faulted,
    unknown: byOutcome.unknown,
    conflicts,
    sites: sites.map((site) => (isDown(site) ? `${site} DOWN` : site)),
    down,
    fullInMs: down ? fullIn(ledger, ratePerS, capacity) : null,
    state,
    poll: pollOf(here),
    ...gapsOf(here),
    readers: readersOf(here),
  };
};

const fullIn = (
  { pending, pendingBytes }: ConnectorStatus["ledger"],
  ratePerS: number,
  capacity: number,
): number | null => {
  if (pending === 0 || ratePerS === 0) return null;
  return Math.max(0, ((capacity - pendingBytes) / (ratePerS * (pendingBytes / pending))) * 1_000);
};

interface Here {
  readonly region: string;
  readonly connector: ConnectorStatus;
  readonly wallMs: number;
}

/** What the region that reads says of it. */
const pollOf = (here: readonly Here[]): PollLine | null => {
  const polls = here.flatMap(({ region, connector: { poll } }) => (poll === null ? [] : [{ region, ...poll }]));
  const reads = polls.find(({ state }) => state !== "elsewhere");
  const [any] = polls;
  if (reads !== undefined) return reads;
  return any === undefined ? null : { ...any, region: null, state: "nobody reads" };
};

/**
 * Of theirs of the region that misses least: another may not have heard of what came there. Of ours of the one that misses
 * most: only who sends knows what it passed.
 */
const gapsOf = (here: readonly Here[]): Pick<ConnectorLine, "missingNumbers" | "gaps"> => {
  const all = here.map(({ connector: { gaps } }) => gaps).sort((one, other) => one.missing - other.missing);
  const isOurs = all.some(({ gaps }) => gaps.some(({ state }) => state === "passed"));
  const told = all.at(isOurs ? -1 : 0) ?? { missing: 0, gaps: [] };
  const gaps = told.gaps.map(({ series, from, to, state }) => {
    const numbers = from === to ? `${from}` : `${from} to ${to}`;
    return `${numbers} of ${series}${stateTexts[state] ?? ""}`;
  });
  return { missingNumbers: told.missing, gaps };
};

const stateTexts: Readonly<Record<string, string>> = {
  listed: ", which they do not have either",
  passed: ", without which was gone on",
};

/** Of each reader what the region says that knows it to be furthest. */
const readersOf = (here: readonly Here[]): readonly ReaderLine[] => {
  const names = [...new Set(here.flatMap(({ connector }) => Object.keys(connector.readers)))].sort();
  return names.map((name) => {
    const lines = here.flatMap(({ connector: { readers }, wallMs }) => {
      const reader = readers[name];
      if (reader === undefined) return [];
      const { unread, oldestUnreadAt } = reader;
      return [{ name, unread, behindMs: oldestUnreadAt === null ? 0 : Math.max(0, wallMs - oldestUnreadAt) }];
    });
    return lines.reduce((best, next) => (next.unread < best.unread ? next : best));
  });
};
