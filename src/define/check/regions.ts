// Rules of the set of regions, and of a change of it: one region at a time, one step at a time.
import type { Platform } from "../policy.ts";
import { type Problem, problem } from "../problem.ts";
import { when } from "./context.ts";

export interface RegionsStated {
  readonly platform: Platform;
  readonly regions: readonly string[];
  readonly changingFrom?: readonly string[];
  readonly generation?: number;
}

/** All problems of the set of regions, names apart. */
export const checkRegions = ({
  platform,
  regions,
  changingFrom = [],
  generation = 1,
}: RegionsStated): readonly Problem[] => [
  ...when(regions.length === 0, () => problem("regions", "names no region")),
  ...twiceProblems("regions", regions),
  ...twiceProblems("changingFrom", changingFrom),
  ...generationProblems(generation, changingFrom.length > 0),
  ...(changingFrom.length === 0 ? [] : changeProblems(platform, regions, changingFrom)),
];

const twiceProblems = (path: string, names: readonly string[]): readonly Problem[] =>
  when(new Set(names).size < names.length, () => problem(path, "names a region twice"));

const generationProblems = (generation: number, changes: boolean): readonly Problem[] => {
  if (!Number.isInteger(generation) || generation < 1)
    return [problem("generation", `must be a whole number from 1, not ${generation}`)];
  if (changes === (generation % 2 === 0)) return [];
  const message = changes
    ? `must be even while changingFrom names regions, not ${generation}`
    : `${generation} is even, which is a change under way, but changingFrom names no region`;
  return [problem("generation", message, "count one up with each step of a change")];
};

const fixedOnAws = "is not for aws: the voters of an environment there are counted once, and two sets could each agree";
const moveInstead =
  "make an environment of the new regions beside this one, move the partners to it, and drain this one";

const changeProblems = (
  platform: Platform,
  regions: readonly string[],
  changingFrom: readonly string[],
): readonly Problem[] => {
  if (platform === "aws") return [problem("changingFrom", fixedOnAws, moveInstead)];
  const added = regions.filter((region) => !changingFrom.includes(region));
  const removed = changingFrom.filter((region) => !regions.includes(region));
  if (added.length + removed.length !== 1) {
    const told = [...added.map((region) => `+${region}`), ...removed.map((region) => `-${region}`)];
    const message = `must differ from regions by one region, not by ${told.join(", ") || "none"}`;
    return [problem("changingFrom", message, "change one region after the other")];
  }
  const [shorter, longer] = added.length === 1 ? [changingFrom, regions] : [regions, changingFrom];
  if (platform !== "local" || shorter.every((region, place) => longer[place] === region)) return [];
  const rule =
    added.length === 1
      ? `'${added[0]}' must be added at the end, and the others stay in their order`
      : `only the last region, '${longer.at(-1)}', can be removed, and the others stay in their order`;
  return [problem("regions", `${rule}: on the local platform ports follow the place in the list`)];
};
