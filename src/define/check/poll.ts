// Rules of what we read: a connector that polls, and the reconcile poll of a receiver.
import { connectorDefaults, horizons, httpPollDefaults } from "../policy.ts";
import { type Problem, problem } from "../problem.ts";
import type { ConnectorSpec, CursorSpec, HttpPollSpec, TopologySpec } from "../spec.ts";
import { formatDuration } from "../units.ts";
import { type Rule, when } from "./context.ts";

interface Polling {
  /** Where the definition says it. */
  readonly path: "via" | "reconcile.via";
  readonly options: HttpPollSpec;
  readonly lookbackMs: number;
}

const pollingOf = (spec: ConnectorSpec): Polling | null => {
  if (spec.driver !== "http") return null;
  if (spec.role === "poll") return { path: "via", options: spec.options, lookbackMs: spec.lookbackMs };
  if (spec.role !== "receive" || spec.reconcile === null) return null;
  return { path: "reconcile.via", options: spec.reconcile.options, lookbackMs: connectorDefaults.lookbackMs };
};

/** What is read stands below the site's url, and is not read without a pause. */
export const pollsTheSite: Rule = ({ spec }) => {
  const polling = pollingOf(spec);
  if (polling === null) return [];
  const { path, options } = polling;
  const { shortestEveryMs } = httpPollDefaults;
  return [
    ...when(/^(?:[a-z][a-z\d+.-]*:)?\/\/|[#\\\s]/i.test(options.path), () =>
      problem(`${path}.path`, `'${options.path}' is not a path: it is joined to the site's url`),
    ),
    ...when(options.everyMs < shortestEveryMs, () =>
      problem(
        `${path}.every`,
        `${formatDuration(options.everyMs)} is shorter than a site is asked again (${formatDuration(shortestEveryMs)})`,
      ),
    ),
  ];
};

/** A cursor that skips nothing and says only what its kind knows. */
export const cursorFits: Rule = ({ spec }) => {
  const polling = pollingOf(spec);
  if (polling === null) return [];
  const { path, options } = polling;
  const { cursor } = options;
  return [
    ...when(cursor.kind === "since" && cursor.overlapMs === 0, () =>
      problem(
        `${path}.cursor.overlap`,
        "is 0: what the site shows late, or with the time of the last item read, would never be read",
        'give a length of time such as "1m"; what is read twice is recognised by its id',
      ),
    ),
    ...when(cursor.kind === "http-feed" && options.items !== null, () =>
      problem(`${path}.items`, 'has no effect with the cursor "http-feed": its body is the list'),
    ),
    ...when(queryNames(options.path).includes(queryOf(cursor)), () =>
      problem(`${path}.path`, `holds the query parameter '${queryOf(cursor)}', which is the cursor's`),
    ),
  ];
};

const queryOf = (cursor: CursorSpec): string =>
  cursor.kind === "token" || cursor.kind === "since" ? cursor.query : "";
const queryNames = (path: string): readonly string[] => [
  ...new URLSearchParams(path.includes("?") ? path.slice(path.indexOf("?")) : "").keys(),
];

/** Only a cursor that names a time can begin elsewhere than where the source begins. */
export const startNamesTime: Rule = ({ spec, parsed }) => {
  if (spec.driver !== "http" || spec.role !== "poll" || parsed.role !== "poll") return [];
  const { kind } = spec.options.cursor;
  const { startFrom } = parsed.fields;
  return when(kind !== "since" && startFrom !== undefined && startFrom !== "earliest", () =>
    problem(
      "startFrom",
      `the cursor "${kind}" names no time: reading can only start where the source begins`,
      'leave it out, or say "earliest"',
    ),
  );
};

/** What is read again must still be known, or it is published again (protocol rule 26). */
export const dedupeOutlastsRewind: Rule = ({ spec }) => {
  const polling = pollingOf(spec);
  if (polling === null) return [];
  const { options, lookbackMs } = polling;
  const overlapMs = options.cursor.kind === "since" ? options.cursor.overlapMs : 0;
  const rewindMs = options.acrossSites === "rewind" ? rewindOf(spec.partner.topology) : 0;
  const needMs = lookbackMs + overlapMs + rewindMs + horizons.takeoverMs;
  return when(spec.dedupeWindowMs < needMs, () =>
    problem(
      "dedupeWindow",
      `${formatDuration(spec.dedupeWindowMs)} is shorter than lookback + overlap + failoverAfter + recoveryPoint + takeover (${formatDuration(needMs)}): what is read again would be published again`,
    ),
  );
};

/** The last that was read is as old as the failure when the other site is read, and that goes back further. */
const rewindOf = (topology: TopologySpec): number =>
  topology.recoveryPointMs + (topology.mode === "primary-secondary" ? (topology.failoverAfterMs ?? 0) : 0);

/** A reconcile poll fills what a receiver lacks: it must be told when, and the same message must have the same identity. */
export const reconcileFits: Rule = ({ spec }) => {
  if (spec.driver !== "http" || spec.role !== "receive" || spec.reconcile === null) return [];
  const { when: asked, options } = spec.reconcile;
  return [
    ...when(asked.kind === "gap" && !spec.has.sequence, () =>
      problem(
        "reconcile.when",
        'is "gap", but without their numbering no gap is seen',
        "give a 'sequence', or a length of time",
      ),
    ),
    ...when(asked.kind === "every" && asked.everyMs < options.everyMs, () =>
      problem("reconcile.when", "is shorter than reconcile.via.every"),
    ),
    ...identityProblems(spec.options.id?.in === "header"),
  ];
};

const identityProblems = (inHeader: boolean): readonly Problem[] =>
  when(inHeader, () =>
    problem(
      "via.id",
      "stands in a header, which an item that is polled does not have: it would be accepted a second time",
      "name it in the body (\"body:/...\"), or leave it out and give an 'id' function that reads either",
    ),
  );
