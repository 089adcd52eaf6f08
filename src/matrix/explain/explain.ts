/** What happens in a cell, in words: every decision and every number is asked of the code that decides at run time. */
import { type Cell, type Disruption, type VariantName, variantsOf, variantTexts } from "../cells.ts";
import { type MatrixPolicy, matrixPolicy } from "../policy.ts";
import { type Scene, sceneOf } from "../scene.ts";
import type { Explanation, OurStory, OurVariant, Perspective, TheirStory, TheirVariant } from "./model.ts";
import { feedStory } from "./ours/feed.ts";
import { pollStory } from "./ours/poll.ts";
import { receiveStory } from "./ours/receive.ts";
import { sendStory } from "./ours/send.ts";
import { readerStory } from "./theirs/feed.ts";
import { sourceStory } from "./theirs/poll.ts";
import { giverStory } from "./theirs/receive.ts";
import { takerStory } from "./theirs/send.ts";

/** A cell of the matrix, by its example. */
export const explainCell = (
  cell: Cell,
  perspective: Perspective,
  policy: MatrixPolicy = matrixPolicy(),
): Explanation => {
  const scene = sceneOf(cell, policy);
  return perspective === "ours"
    ? { perspective, cell, variants: ourVariants(scene, cell.disruption) }
    : { perspective, cell, variants: theirVariants(scene, cell.disruption) };
};

/** What we do in each variant of a disruption. */
export const ourVariants = (scene: Scene, disruption: Disruption): readonly OurVariant[] =>
  variantsOf({ disruption, location: scene.location }).map((variant) => ({
    variant,
    happens: variantTexts[variant],
    ...ourStory(scene, variant),
  }));

/** What the partner sees in each variant of a disruption, and has to do. */
export const theirVariants = (scene: Scene, disruption: Disruption): readonly TheirVariant[] =>
  variantsOf({ disruption, location: scene.location }).map((variant) => ({
    variant,
    happens: variantTexts[variant],
    ...theirStory(scene, variant),
  }));

const ourStory = (scene: Scene, variant: VariantName): OurStory => {
  const { spec } = scene;
  switch (spec.role) {
    case "receive":
      return receiveStory({ ...scene, spec }, variant);
    case "poll":
      return pollStory({ ...scene, spec }, variant);
    case "send":
      return sendStory({ ...scene, spec }, variant);
    case "feed":
      return feedStory({ ...scene, spec }, variant);
  }
};

const theirStory = (scene: Scene, variant: VariantName): TheirStory => {
  const { spec } = scene;
  switch (spec.role) {
    case "receive":
      return giverStory({ ...scene, spec }, variant);
    case "poll":
      return sourceStory({ ...scene, spec }, variant);
    case "send":
      return takerStory({ ...scene, spec }, variant);
    case "feed":
      return readerStory({ ...scene, spec }, variant);
  }
};
