import type { Endpoints } from "../endpoints/endpoint.ts";
import { type Entry, entries } from "../messages.ts";
import { answered, askAll, silent } from "../regions.ts";

/** An entry with the region that told of it. Every region knows all of them, as far as they were replicated. */
export interface Listed extends Entry {
  readonly region: string;
}

export interface Found {
  /** Each identity of a connector once. */
  readonly entries: readonly Listed[];
  readonly silent: Readonly<Record<string, string>>;
}

export const collect = async (endpoints: Endpoints, path: string): Promise<Found> => {
  const answers = await askAll(endpoints, path, entries);
  const found = new Map<string, Listed>();
  for (const [region, body] of answered(answers)) {
    for (const entry of body.entries) {
      const name = `${entry.connector} ${entry.identity}`;
      const known = found.get(name);
      if (known === undefined || knowsMore(entry, known)) found.set(name, { ...entry, region });
    }
  }
  return { entries: [...found.values()], silent: silent(answers) };
};

const knowsMore = (entry: Entry, known: Entry): boolean =>
  entry.round > known.round || (entry.round === known.round && entry.settlements.length > known.settlements.length);

export const lastTime = ({ settlements, entries: accepted }: Entry): number =>
  Math.max(...settlements.map(({ time }) => time), ...accepted.map(({ acceptedAt }) => acceptedAt));

export const silentLines = (silentRegions: Found["silent"]): readonly string[] =>
  Object.entries(silentRegions).map(([region, why]) => `${region} does not answer: ${why}`);

/** A path with the parameters that are given. */
export const query = (path: string, parameters: Readonly<Record<string, string | number | undefined>>): string => {
  const given = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) given.set(name, String(value));
  const text = given.toString();
  return text === "" ? path : `${path}?${text}`;
};
