/** What a reader asks for, in the query of its call. */
import { httpFeedDefaults } from "../../../define/policy.ts";

const { pageSize: usualEvents, mostPerPage: mostEvents } = httpFeedDefaults;
const longestWaitS = httpFeedDefaults.longestWaitMs / 1_000;

const names = ["cursor", "from", "limit", "wait"] as const;
type Name = (typeof names)[number];

export type Start =
  | { readonly kind: "cursor"; readonly text: string }
  | { readonly kind: "earliest" }
  | { readonly kind: "acknowledged" };

export interface FeedQuery {
  readonly start: Start;
  readonly limit: number;
  readonly waitMs: number;
}

/** The query of a path; a text that names the parameter and the fix where it is not one. */
export const readQuery = (url: string): FeedQuery | string => {
  const mark = url.indexOf("?");
  const given = new URLSearchParams(mark < 0 ? "" : url.slice(mark));
  for (const name of given.keys()) {
    // A misspelt cursor would be a read from somewhere else.
    if (!isName(name)) return `${shown(name)}: not known; ${names.join(", ")} are`;
    if (given.getAll(name).length > 1) return `${name}: given more than once`;
  }
  const start = startOf(given.get("cursor"), given.get("from"));
  if (typeof start === "string") return start;
  const limit = wholeNumber(given.get("limit"), usualEvents, 1, mostEvents);
  if (limit === null) return `limit: a whole number from 1 to ${mostEvents}`;
  const waitS = wholeNumber(given.get("wait"), 0, 0, longestWaitS);
  if (waitS === null) return `wait: seconds, a whole number up to ${longestWaitS}`;
  return { start, limit, waitMs: waitS * 1_000 };
};

/** The query that reads on from a cursor in the same way. */
export const queryFrom = (cursor: string, { limit, waitMs }: Pick<FeedQuery, "limit" | "waitMs">): string =>
  [
    `cursor=${cursor}`,
    ...(limit === usualEvents ? [] : [`limit=${limit}`]),
    ...(waitMs === 0 ? [] : [`wait=${waitMs / 1_000}`]),
  ].join("&");

const startOf = (cursor: string | null, from: string | null): Start | string => {
  if (cursor !== null && from !== null) return "from: not together with cursor";
  if (cursor !== null) return { kind: "cursor", text: cursor };
  if (from === null) return { kind: "acknowledged" };
  return from === "earliest" ? { kind: from } : 'from: only "earliest" is known';
};

const wholeNumber = (text: string | null, otherwise: number, least: number, most: number): number | null => {
  if (text === null) return otherwise;
  const number = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return number >= least && number <= most ? number : null;
};

const isName = (name: string): name is Name => names.some((known) => known === name);

const shown = (name: string): string => JSON.stringify(name.slice(0, 40));
