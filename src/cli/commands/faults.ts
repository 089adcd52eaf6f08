import { parseDuration } from "../../define/units.ts";
import type { Endpoints } from "../endpoints/endpoint.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { age, clockTime, number, type Output, table } from "../output.ts";
import { collect, type Found, type Listed, lastTime, query, silentLines } from "./entries.ts";

export interface Filter {
  readonly connector?: string;
  /** For example `2h`. */
  readonly since?: string;
  /** Text that the reason contains. */
  readonly error?: string;
  readonly what?: "faulted" | "unknown" | "conflict";
}

type Said = Output & { readonly code: ExitCode };

/** Entries that fit, newest last. @throws UsageError for a span that cannot be read */
export const matching = async (endpoints: Endpoints, { connector, since, error, what }: Filter): Promise<Found> => {
  const path = query("/admin/faults", { connector, what: what ?? "faulted", since: sinceMs(since) });
  const found = await collect(endpoints, path);
  const entries = found.entries
    .filter(({ reason }) => error === undefined || (reason ?? "").toLowerCase().includes(error.toLowerCase()))
    .toSorted((a, b) => lastTime(a) - lastTime(b));
  return { ...found, entries };
};

const sinceMs = (since: string | undefined): number | undefined => {
  if (since === undefined) return undefined;
  const ms = parseDuration(since);
  if (ms === null) throw new UsageError(`--since: '${since}' is not a length of time such as 30m or 2h`);
  return Date.now() - ms;
};

interface Group {
  readonly connector: string;
  readonly reason: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly example: string;
}

/** What is listed, grouped by reason. */
export const faultsList = async (endpoints: Endpoints, filter: Filter): Promise<Said> => {
  const { entries, silent } = await matching(endpoints, filter);
  const groups = groupsOf(entries);
  const now = Date.now();
  const shown = table(
    [
      { name: "count", align: "right" },
      { name: "connector" },
      { name: "first" },
      { name: "last" },
      { name: "for example" },
      { name: "reason" },
    ],
    groups.map((group) => [
      number(group.count),
      group.connector,
      `${age(now - group.first)} ago`,
      `${age(now - group.last)} ago`,
      group.example,
      group.reason,
    ]),
  );
  const text = [...silentLines(silent), groups.length === 0 ? "nothing is listed" : shown].join("\n");
  return { json: { groups, entries: entries.map(brief), silent }, text, code: codeOf(silent, entries.length > 0) };
};

const groupsOf = (entries: readonly Listed[]): readonly Group[] =>
  [...Map.groupBy(entries, ({ connector, reason }) => `${connector} ${reason}`).values()]
    .map((group): Group => {
      const [first] = group;
      const times = group.map(lastTime);
      return {
        connector: first?.connector ?? "",
        reason: first?.reason ?? "",
        count: group.length,
        first: Math.min(...times),
        last: Math.max(...times),
        example: first?.id ?? "",
      };
    })
    .toSorted((a, b) => b.count - a.count);

const brief = ({ payload: _, ...entry }: Listed): Omit<Listed, "payload"> => entry;

export const codeOf = (silentRegions: Found["silent"], degraded: boolean): ExitCode =>
  Object.keys(silentRegions).length > 0 ? exit.silent : degraded ? exit.degraded : exit.well;

/** All that is known of an entry; fields that the definition calls personal are masked. */
export const show = async (endpoints: Endpoints, id: string): Promise<Said> => {
  const { entries, silent } = await collect(endpoints, `/admin/where/${encodeURIComponent(id)}`);
  const parts = entries.map((entry) =>
    [
      `${entry.identity}   connector ${entry.connector}   ${entry.outcome ?? "pending"}, round ${entry.round}`,
      ...entry.entries.map(
        ({ journal, acceptedAt, key }) =>
          `  accepted ${clockTime(acceptedAt)} in ${journal}${key === null ? "" : `, key ${key}`}`,
      ),
      ...entry.settlements.map(
        ({ time, outcome, reason }) => `  ${outcome} ${clockTime(time)}${reason === null ? "" : `: ${reason}`}`,
      ),
      `  ${JSON.stringify(entry.payload, null, 2).replaceAll("\n", "\n  ")}`,
    ].join("\n"),
  );
  const text = [...silentLines(silent), ...(parts.length === 0 ? [`no region knows '${id}'`] : parts)].join("\n");
  return { json: { entries, silent }, text, code: codeOf(silent, entries.length === 0) };
};

/** Where an event is, and what became of it, in every connector that saw it. */
export const where = async (endpoints: Endpoints, id: string): Promise<Said> => {
  const { entries, silent } = await collect(endpoints, `/admin/where/${encodeURIComponent(id)}`);
  const rows = entries.map((entry) => [
    entry.connector,
    entry.identity,
    entry.outcome ?? "pending",
    entry.entries.map(({ journal }) => journal).join(", "),
    clockTime(lastTime(entry)),
    entry.reason ?? "",
  ]);
  const shown = table(
    ["connector", "identity", "state", "journals", "last", "reason"].map((name) => ({ name })),
    rows,
  );
  const text = [...silentLines(silent), rows.length === 0 ? `no region knows '${id}'` : shown].join("\n");
  return { json: { entries: entries.map(brief), silent }, text, code: codeOf(silent, entries.length === 0) };
};
