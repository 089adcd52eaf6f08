/** The cells' stories, gathered: one row for all that is told in the same words. */
import {
  type Cell,
  cells,
  type Disruption,
  disruptions,
  topologies,
  type VariantName,
  variantTexts,
} from "../cells.ts";
import { explainCell } from "../explain/explain.ts";
import type { OurVariant } from "../explain/model.ts";
import type { RuleName } from "../rules.ts";

export interface StoryRow {
  readonly disruption: Disruption;
  readonly variants: readonly VariantName[];
  readonly isEveryVariant: boolean;
  /** Which of the topologies it is told of; empty: of all. */
  readonly topologies: readonly string[];
  readonly gist: string;
  readonly bound: string;
  readonly duplicates: string;
  readonly rules: readonly RuleName[];
}

interface Told {
  readonly cell: Cell;
  readonly story: OurVariant;
}

export const ourStories = (cell: Cell): readonly OurVariant[] => {
  const told = explainCell(cell, "ours");
  return told.perspective === "ours" ? told.variants : [];
};

export const storyRows = (role: Cell["role"]): readonly StoryRow[] =>
  disruptions.flatMap((disruption) => {
    const told = cells
      .filter((cell) => cell.role === role && cell.disruption === disruption)
      .flatMap((cell) => ourStories(cell).map((story) => ({ cell, story })));
    const every = new Set(told.map(({ story }) => story.variant));
    return [...Map.groupBy(told, ({ story }) => textOf(story)).values()]
      .map((alike) => rowOf(disruption, alike, every.size))
      .toSorted((a, b) => orderOf(a) - orderOf(b));
  });

const textOf = ({ gist, bound, duplicates }: OurVariant): string => [gist, bound.text, ...duplicates].join("\n");

const names = Object.keys(variantTexts);
const orderOf = ({ variants }: StoryRow): number => names.indexOf(variants[0] ?? "");

const rowOf = (disruption: Disruption, alike: readonly Told[], every: number): StoryRow => {
  const [first] = alike;
  const variants = [...new Set(alike.map(({ story }) => story.variant))];
  return {
    disruption,
    variants,
    isEveryVariant: variants.length === every,
    topologies: [
      ...only("theirs", new Set(alike.map(({ cell }) => cell.theirTopology))),
      ...only("ours", new Set(alike.map(({ cell }) => cell.ourTopology))),
    ],
    gist: first?.story.gist ?? "",
    bound: first?.story.bound.text ?? "",
    duplicates: first?.story.duplicates.join("; ") || "none",
    rules: [...new Set(alike.flatMap(({ story }) => story.rules))],
  };
};

/** `theirs active-active`, where it is told of one of them only. */
const only = (whose: string, names: ReadonlySet<string>): readonly string[] =>
  names.size === topologies.length ? [] : [...names].map((name) => `${whose} ${name}`);
