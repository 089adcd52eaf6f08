/** What a source sees that we read. */
import type { PollSpec } from "../../../define/spec.ts";
import type { VariantName } from "../../cells.ts";
import { type Conditions, conditionsOf } from "../../conditions.ts";
import { cursorAfter, cursorAtOther } from "../../decided/cursor.ts";
import { actingWhen } from "../../decided/lease.ts";
import { linkFails } from "../../decided/link.ts";
import { breakerUnder } from "../../decided/site.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { TheirStory } from "../model.ts";
import { placeText } from "../ours/poll.ts";
import { siteStory } from "../ours/site.ts";
import { sentences, span } from "../text.ts";

const keep =
  "Keep what was read for as long as we may go back, and give the same identity to the same item every time.";

export const sourceStory = (scene: Scene<PollSpec>, variant: VariantName): TheirStory => {
  const conditions = conditionsOf(variant);
  const { region, sites, link } = conditions;
  if (region === "well" && sites === "well" && link === "well") {
    return {
      sees: [
        `One reader, every ${span(scene.spec.options.everyMs)} once it has everything. A cursor is presented only when all before it is durable here.`,
      ],
      does: ["Answer from any cursor that you gave.", keep],
      rules: ["pollHome", "accept"],
    };
  }
  if (link !== "well") return onLink(scene, link);
  return {
    sees: [
      ...(region === "well" ? [] : ourRegion(scene, conditions)),
      ...(sites === "well" ? [] : ownSite(scene, conditions)),
    ],
    does: [keep],
    rules: [
      ...(region === "well" ? [] : (["takeover", "cursor"] as const)),
      ...(sites === "well" ? [] : (["breaker", "site", "cursor"] as const)),
    ],
  };
};

const ourRegion = (scene: Scene<PollSpec>, conditions: Conditions): readonly string[] => {
  const acting = actingWhen(scene, conditions);
  if (acting.kind === "kept") return ["The same reader as before."];
  if (acting.kind === "nobody") return ["No read until our region is back."];
  return [
    `No read for ${span(acting.takesOverWithinMs)} at most; then ${acting.to} reads ${placeText(cursorAfter(scene, scene.spec, false))}.`,
    "Another of our addresses reads: allow all of them.",
  ];
};

const ownSite = (scene: Scene<PollSpec>, conditions: Conditions): readonly string[] => {
  const { outcome, bound } = siteStory(scene, conditions);
  const { longestRestMs } = breakerUnder(scene);
  if (outcome.to === null || bound.withinMs === null) {
    return sentences([
      `A trial at least every ${span(longestRestMs)}; when you are back reading goes on where it stood.`,
      outcome.why === null ? null : `No other site is read: ${outcome.why}.`,
    ]);
  }
  return [
    `${outcome.to} is read within ${span(bound.withinMs)}, ${placeText(cursorAtOther(scene, scene.spec, outcome.to))}.`,
  ];
};

const onLink = (scene: Scene<PollSpec>, link: Conditions["link"]): TheirStory => {
  if (link === "one-tunnel") return { sees: ["Nothing."], does: ["Nothing."], rules: ["verdict"] };
  const { struck } = regionsOf(scene);
  const { lentTo, lentWithinMs } = linkFails(scene, link);
  return {
    sees: sentences([
      lentTo === null
        ? `${link === "large-packets-lost" ? `A page that is larger than the link carries never reaches ${struck}` : "No read, at any site"}. When the link is back reading goes on where it stood.`
        : `${lentTo} reads instead of ${struck} within ${span(lentWithinMs)}, at the same site, ${placeText(cursorAfter(scene, scene.spec, true))}.`,
      link === "one-direction" || link === "large-packets-lost"
        ? "A page that did not arrive is read again, from the same cursor."
        : null,
    ]),
    does: [keep],
    rules: ["verdict", "lend", "cursor"],
  };
};
