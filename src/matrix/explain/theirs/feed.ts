/** What a reader sees that calls us. */
import { httpAnswers, httpFeedDefaults } from "../../../define/policy.ts";
import type { FeedSpec } from "../../../define/spec.ts";
import type { VariantName } from "../../cells.ts";
import { conditionsOf } from "../../conditions.ts";
import { refusedReading } from "../../decided/feed.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { TheirStory } from "../model.ts";
import { sentences, span } from "../text.ts";

export const readerStory = (scene: Scene<FeedSpec>, variant: VariantName): TheirStory => {
  const { region, sites, link } = conditionsOf(variant);
  const { struck, left } = regionsOf(scene);
  if (region !== "well") return struckRegion(scene, region === "cut-from-peer");
  if (sites !== "well") return ownSite(scene);
  if (link !== "well") {
    const nothing = link === "one-tunnel";
    return {
      sees: [
        nothing
          ? "Nothing."
          : link === "all"
            ? "No answer at any endpoint."
            : `No answer at ${struck}'s endpoint; ${left}'s goes on with your cursor.`,
      ],
      does: [nothing ? "Nothing." : "Present the last cursor whose page arrived whole, at any endpoint."],
      rules: ["cursorVector"],
    };
  }
  const { unproved, forbidden, unreadable, gone } = httpAnswers;
  return {
    sees: [
      `At most ${httpFeedDefaults.mostPerPage} events on a page, ${httpFeedDefaults.pageSize} unless you ask; \`wait\` holds the answer up to ${span(httpFeedDefaults.longestWaitMs)} for the first event.`,
      `${unproved} without a proof, ${forbidden} with the cursor of another reader, ${unreadable} with one that is not ours, ${gone} with one that is older than what is kept, and how to resume.`,
    ],
    does: [
      "Handle the page, keep its cursor, then present it: that acknowledges the page.",
      "Use any endpoint: a cursor is good at all of them.",
    ],
    rules: ["cursorVector"],
  };
};

const struckRegion = (scene: Scene<FeedSpec>, isCut: boolean): TheirStory => {
  const { struck, left } = regionsOf(scene);
  const starting = refusedReading();
  return {
    sees: sentences([
      isCut
        ? "Every endpoint answers; new events of one region may come late at the other's."
        : `No answer at ${struck}'s endpoint; ${left}'s goes on with your cursor.`,
      isCut || starting === null
        ? null
        : `While ${struck} starts: ${starting.status} with Retry-After ${starting.retryAfterS} s.`,
      `Events that ${left} had not read of ${struck} come later; none is skipped.`,
    ]),
    does: [
      struck === left ? "Present the last cursor once it answers." : `Present the last cursor at ${left}'s endpoint.`,
    ],
    rules: ["cursorVector", "refuse"],
  };
};

const ownSite = ({ spec }: Scene<FeedSpec>): TheirStory => ({
  sees: ["Our endpoints serve whichever of your sites reads."],
  does: [
    spec.partner.topology.mode === "primary-secondary"
      ? `Read on with the last cursor that your successor has. An older one reads again; ${httpAnswers.gone} says how to resume where it is too old.`
      : "Let each site read with a cursor of its own.",
  ],
  rules: ["cursorVector"],
});
