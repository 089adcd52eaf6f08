/** What a taker sees that we call. */
import { httpAnswers } from "../../../define/policy.ts";
import type { SendSpec } from "../../../define/spec.ts";
import { statusTable } from "../../../define/taxonomy.ts";
import type { VariantName } from "../../cells.ts";
import { type Conditions, conditionsOf } from "../../conditions.ts";
import { againAfter, judged, unknownResolved } from "../../decided/answers.ts";
import { actingWhen } from "../../decided/lease.ts";
import { linkFails } from "../../decided/link.ts";
import { breakerUnder, failbackAfterMs, redeliveryMs } from "../../decided/site.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { TheirStory } from "../model.ts";
import { siteStory } from "../ours/site.ts";
import { list, sentences, span } from "../text.ts";

const honour = "Honour the identity: what you have taken before, answer as the first time, and do not act on it again.";

export const takerStory = (scene: Scene<SendSpec>, variant: VariantName): TheirStory => {
  const conditions = conditionsOf(variant);
  const { region, sites, link } = conditions;
  if (region === "well" && sites === "well" && link === "well") return undisturbed(scene);
  if (link !== "well") return onLink(scene, link);
  return {
    sees: [
      ...(region === "well" ? [] : ourRegion(scene, conditions)),
      ...(sites === "well" ? [] : ownSite(scene, conditions)),
    ],
    does: [
      honour,
      ...(sites === "forgetful" || sites === "one-down"
        ? ["Take at the other site what you had acknowledged and lost: we send it without being asked."]
        : []),
    ],
    rules: [
      ...(region === "well" ? [] : (["takeover", "doubt", "unknown"] as const)),
      ...(sites === "well" ? [] : (["breaker", "site", "redelivery", "taxonomy"] as const)),
    ],
  };
};

const undisturbed = (scene: Scene<SendSpec>): TheirStory => {
  const refused = judged(scene, answer(httpAnswers.unreadable));
  return {
    sees: ["Each event once, with an identity that never changes."],
    does: [
      "Answer 2xx once you have it for good, and not before.",
      `Answer ${httpAnswers.unreadable} for what you will never take (${refused.verdict}: it is listed for a person); ${list(waitStatuses, "or")} with Retry-After to be left alone.`,
      honour,
    ],
    rules: ["taxonomy"],
  };
};

const answer = (status: number) => ({ kind: "answer", response: { status, headers: {}, body: null } }) as const;

/** Statuses that ask us to wait. */
const waitStatuses = statusTable.filter(({ verdict }) => verdict === "wait").map(({ from }) => String(from));

const ourRegion = (scene: Scene<SendSpec>, conditions: Conditions): readonly string[] => {
  const acting = actingWhen(scene, conditions);
  if (acting.kind === "kept") return ["Calls from both of our regions, as before."];
  if (acting.kind === "nobody") return ["No call until our region is back."];
  const { doubt, takesOverWithinMs, to } = acting;
  const again = {
    none: "nothing comes twice",
    again: "what was under way when the other was lost comes once more, with the same identity",
    ask: "you are asked about what may have been sent before anything is sent again",
    person: "nothing that may have been sent comes again before a person has decided",
  } as const;
  return [
    `No call for ${span(takesOverWithinMs)} at most for what the lost region had; then ${to} calls: ${again[doubt.kind]}.`,
    "Another of our addresses calls: allow all of them.",
  ];
};

const ownSite = (scene: Scene<SendSpec>, conditions: Conditions): readonly string[] => {
  const { outcome, bound } = siteStory(scene, conditions);
  const { failures, longestRestMs } = breakerUnder(scene);
  const slow = conditions.sites === "slow" ? repeatText(scene) : null;
  const rests = `After ${failures} failures in a row your site gets one trial at a time, at least every ${span(longestRestMs)}, and probes that carry no event.`;
  if (outcome.to === null || bound.withinMs === null) {
    return sentences([
      slow,
      rests,
      "Nothing is sent elsewhere; when you are back it comes at your rate, in order, and nothing was dropped.",
    ]);
  }
  const backMs = failbackAfterMs(scene);
  return sentences([
    slow,
    rests,
    `${outcome.to} is called within ${span(bound.withinMs)}: first what ${outcome.from} had acknowledged since ${span(redeliveryMs(scene))} before its last good answer, with the same identity.`,
    backMs === null
      ? `${outcome.to} stays in use until a person of ours says otherwise.`
      : `${outcome.from} is called again once it has been well for ${span(backMs)}.`,
  ]);
};

const repeatText = (scene: Scene<SendSpec>): string => {
  const { requestTimeoutMs } = scene.spec;
  const { firstMs } = againAfter(scene);
  const resolution = unknownResolved(scene);
  switch (resolution.kind) {
    case "again":
      return `A request that is not answered within ${span(requestTimeoutMs)} comes again after ${span(firstMs)} at most, with the same identity.`;
    case "ask":
      return `After a request that is not answered within ${span(requestTimeoutMs)} you are asked, ${span(resolution.afterMs)} later, whether you have it.`;
    case "person":
      return `A request that is not answered within ${span(requestTimeoutMs)} does not come again by itself.`;
  }
};

const onLink = (scene: Scene<SendSpec>, link: Conditions["link"]): TheirStory => {
  if (link === "one-tunnel") return { sees: ["Nothing."], does: ["Nothing."], rules: ["verdict"] };
  const { struck } = regionsOf(scene);
  const { lentTo, lentWithinMs } = linkFails(scene, link);
  const isNarrow = link === "large-packets-lost";
  const back = "When the link is back everything comes, at your rate, in order.";
  return {
    sees: sentences([
      isNarrow ? `Requests of ${struck} that are larger than the link carries never end, and come again.` : null,
      lentTo === null
        ? `${isNarrow ? "What is small enough arrives." : "No call, at any site."} ${back}`
        : `Calls from ${lentTo} instead of ${struck} within ${span(lentWithinMs)}, at the same site: no switch.`,
      link === "one-direction" || isNarrow ? repeatText(scene) : null,
    ]),
    does: [honour],
    rules: ["verdict", "lend", "unknown"],
  };
};
