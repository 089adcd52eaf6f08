/** We read theirs. */
import type { CursorDecision } from "../../../core/cursors.ts";
import type { HttpPollSpec, PollSpec } from "../../../define/spec.ts";
import type { VariantName } from "../../cells.ts";
import { type Conditions, conditionsOf } from "../../conditions.ts";
import { refusedAtCapacity } from "../../decided/answers.ts";
import { cursorAfter, cursorAtOther } from "../../decided/cursor.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { OurStory } from "../model.ts";
import { capital, sentences, size, span } from "../text.ts";
import { bothStory } from "./both.ts";
import { linkStory } from "./link.ts";
import { type Doing, regionStory } from "./region.ts";
import { siteStory } from "./site.ts";

export const pollStory = (scene: Scene<PollSpec>, variant: VariantName): OurStory => {
  const conditions = conditionsOf(variant);
  if (conditions.order !== null) return bothSides(scene, conditions);
  if (conditions.region !== "well") return struckRegion(scene, conditions);
  if (conditions.sites !== "well") return struckSite(scene, conditions);
  if (conditions.link !== "well") return badLink(scene, conditions);
  return undisturbed(scene);
};

const doing = ({ policy }: Scene): Doing => ({
  verb: "reads, and publishes",
  done: "published",
  atOnce: policy.region.hubConcurrency,
});

const undisturbed = (scene: Scene<PollSpec>): OurStory => {
  const { struck } = regionsOf(scene);
  const { everyMs } = scene.spec.options;
  return {
    gist: "one region reads; what was read and the cursor become durable together",
    what: sentences([
      `One region reads from the cursor, every ${span(everyMs)} once it has read everything, without a pause while there is more.`,
      "What was read and the cursor after it become durable together; the next cursor goes out only then.",
      fullText(scene),
    ]),
    acts: `${struck} reads; each item is published once`,
    bound: { text: `${span(everyMs)} after an item is there`, withinMs: everyMs },
    duplicates: [],
    afterwards: null,
    rules: ["pollHome", "lease", "accept"],
  };
};

const struckRegion = (scene: Scene<PollSpec>, conditions: Conditions): OurStory => {
  const story = regionStory(scene, conditions, doing(scene));
  const moved = conditions.region !== "cut-from-peer";
  const { everyMs } = scene.spec.options;
  return {
    ...story,
    gist: moved ? `${story.gist}; it goes on ${placeText(cursorAfter(scene, scene.spec, false))}` : story.gist,
    what: moved
      ? [...story.what, `Reading goes on ${placeText(cursorAfter(scene, scene.spec, false))}. ${known}`]
      : story.what,
    bound:
      moved && story.bound.withinMs !== null
        ? {
            text: `${story.bound.text}, and reads at once, then every ${span(everyMs)}`,
            withinMs: story.bound.withinMs,
          }
        : story.bound,
    duplicates: story.duplicates,
    afterwards:
      story.afterwards === null
        ? null
        : `${story.afterwards}; reading goes on ${placeText(cursorAfter(scene, scene.spec, true))}`,
    rules: [...story.rules, "pollHome", "cursor"],
  };
};

/** Where reading goes on, in words. */
export const placeText = (decision: CursorDecision): string => {
  switch (decision.kind) {
    case "exact":
      return "exactly where it stood";
    case "rewound":
      return `from ${span(decision.byMs)} before the last cursor known`;
    case "refused":
      return `not by itself: ${decision.why}`;
  }
};

const struckSite = (scene: Scene<PollSpec>, conditions: Conditions): OurStory => {
  const story = siteStory(scene, conditions);
  const { to } = story.outcome;
  return {
    gist:
      to === null
        ? story.gist
        : `${story.gist}; reading goes on there ${placeText(cursorAtOther(scene, scene.spec, to))}`,
    what: sentences([
      `${capital(story.judged)}.`,
      story.rests,
      story.decided,
      to === null ? "Nothing is read; what they have stays with them." : cursorText(scene, to),
    ]),
    acts: `${regionsOf(scene).struck} reads${to === null ? ", as soon as a site answers" : `, from ${to}`}`,
    bound: story.bound,
    duplicates: [],
    afterwards: story.returns,
    rules: ["taxonomy", "breaker", "verdict", "site", "redelivery", "cursor"],
  };
};

const known = "What is read again is known by its identity, and not published again.";

const cursorText = (scene: Scene<PollSpec>, to: string): string => {
  const { acrossSites } = scene.spec.options;
  const told = (across: HttpPollSpec["acrossSites"]): string => placeText(cursorAtOther(scene, scene.spec, to, across));
  const others = (["exact", "rewind", "refuse"] as const).filter((across) => across !== acrossSites);
  const also = scene.isExample ? ` (${others.map((across) => `${across}: ${told(across)}`).join("; ")})` : "";
  return `With acrossSites ${acrossSites}, reading goes on at ${to} ${told(acrossSites)}${also}. ${known}`;
};

const fullText = (scene: Scene): string | null => {
  const full = refusedAtCapacity(scene);
  return full === null
    ? null
    : `At capacity (${size(scene.spec.hold.capacityBytes)}) it stops reading, and nothing is dropped.`;
};

const badLink = (scene: Scene<PollSpec>, conditions: Conditions): OurStory => {
  const { gist, what, acts, bound, afterwards } = linkStory(scene, conditions, "reads");
  return {
    gist,
    what,
    acts,
    bound,
    duplicates: [],
    afterwards,
    rules: ["verdict", "site", "lend", "taxonomy", "cursor"],
  };
};

const bothSides = (scene: Scene<PollSpec>, conditions: Conditions): OurStory => {
  const story = bothStory(scene, conditions, doing(scene), null);
  const { to } = siteStory(scene, conditions).outcome;
  return {
    ...story,
    what: [
      ...story.what,
      `An adopter goes on ${placeText(cursorAfter(scene, scene.spec, false))}.`,
      ...(to === null ? [] : [cursorText(scene, to)]),
    ],
    rules: [...story.rules, "cursor"],
  };
};
