/** A region of ours and a site of theirs, in the four orders of failing and healing, where we call. */
import type { Conditions } from "../../conditions.ts";
import { actingWhen } from "../../decided/lease.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { Bound, OurStory } from "../model.ts";
import { sentences, span } from "../text.ts";
import { type Doing, regionStory } from "./region.ts";
import { siteStory } from "./site.ts";

/** @param again what a switch of the site brings about a second time; null: nothing */
export const bothStory = (scene: Scene, conditions: Conditions, doing: Doing, again: string | null): OurStory => {
  const { struck, left } = regionsOf(scene);
  const region = regionStory(scene, conditions, doing);
  const site = siteStory(scene, conditions);
  const { order } = conditions;
  const regionFirst = order?.first === "region";
  const homeFirst = order?.backFirst === "region";
  return {
    gist: `${region.gist}; ${site.gist}`,
    what: sentences([
      `Takeover and site switch are decided apart, and compose.`,
      regionFirst
        ? `${left} acts when the site fails, and judges it alone.`
        : `The site fails for both regions; ${left} has seen it fail too, and goes on counting when it takes over.`,
      site.decided,
      homeFirst
        ? `${struck} is back before the site: it reads the switch with the journals and goes on at the site that it names.`
        : `The site is back before ${struck}: ${left} decides about going back.`,
    ]),
    acts: region.acts,
    bound: sum(scene, conditions, region.bound, site.bound),
    duplicates: sentences([...region.duplicates, again]),
    afterwards: [site.returns, region.afterwards].filter((part) => part !== null).join("; "),
    rules: [...region.rules, "verdict", "site", "breaker", ...(again === null ? [] : (["redelivery"] as const))],
  };
};

/** Both may pass one after the other. */
const sum = (scene: Scene, conditions: Conditions, region: Bound, site: Bound): Bound => {
  const acting = actingWhen(scene, conditions);
  if (acting.kind !== "moved" || site.withinMs === null)
    return { text: `${region.text}; ${site.text}`, withinMs: null };
  const withinMs = acting.takesOverWithinMs + site.withinMs;
  return {
    text: `${span(withinMs)}, if one comes after the other: takeover ${span(acting.takesOverWithinMs)}, site switch ${span(site.withinMs)}`,
    withinMs,
  };
};
