/** A site of theirs is struck, where we call: sending and reading alike in how it is judged and left. */
import type { Conditions } from "../../conditions.ts";
import { judged } from "../../decided/answers.ts";
import { breakerUnder, failbackAfterMs, type SiteOutcome, siteFails, type View } from "../../decided/site.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { Bound } from "../model.ts";
import { span } from "../text.ts";

/** How a struck site is judged, and what comes of it. */
export interface SiteStory {
  readonly gist: string;
  readonly outcome: SiteOutcome;
  readonly judged: string;
  readonly decided: string;
  readonly rests: string;
  readonly bound: Bound;
  readonly returns: string;
}

export const siteStory = (scene: Scene, conditions: Conditions): SiteStory => {
  const isAlone = actsAlone(scene, conditions);
  const view: View = { othersAnswer: conditions.sites !== "all-down", peerReaches: isAlone ? null : false };
  const outcome = siteFails(scene, view);
  return {
    outcome,
    gist: gistOf(scene, outcome),
    judged: judgedText(scene, conditions),
    decided: decidedText(scene, outcome, isAlone),
    rests: restsText(scene),
    bound: boundOf(scene, conditions, outcome),
    returns: returnsText(scene, outcome),
  };
};

/** Whether no peer is there to be asked. */
const actsAlone = (scene: Scene, { region }: Conditions): boolean => {
  const { left, struck } = regionsOf(scene);
  return left === struck || region !== "well";
};

/** A site that is down refuses; a slow one answers too late. */
const judgedText = (scene: Scene, { sites }: Conditions): string => {
  const slow = sites === "slow";
  const { verdict, against, reason } = judged(scene, {
    kind: "error",
    error: slow ? "timeout-after-write" : "connection-refused",
  });
  const after = slow ? ` (a request has ${span(scene.spec.requestTimeoutMs)})` : "";
  return `${reason}${after}: ${verdict}, and it counts against the ${against}`;
};

const decidedText = (scene: Scene, outcome: SiteOutcome, isAlone: boolean): string => {
  const { failures } = breakerUnder(scene);
  const { from, to, switchAfterMs, why } = outcome;
  if (switchAfterMs === null || to === null) return `Nothing is switched: ${why ?? "there is no other site"}.`;
  const believed = isAlone
    ? `no peer is there to be asked, so its breaker must be open (${failures} failures in a row)`
    : "no region reaches it";
  return `${movedText(scene, from, to)} ${whenText(switchAfterMs)}: ${believed}, and ${to} answers. The switch is written down, and rules in every region.`;
};

const gistOf = (scene: Scene, { from, to, switchAfterMs }: SiteOutcome): string =>
  switchAfterMs === null || to === null
    ? `nothing is switched; ${scene.spec.role === "send" ? "everything is held, in order" : "nothing is read"}`
    : `${movedText(scene, from, to)} ${whenText(switchAfterMs)}`;

const movedText = ({ spec }: Scene, from: string, to: string): string =>
  spec.partner.topology.mode === "active-active" && spec.role === "send"
    ? `keys whose home is ${from} go to ${to}`
    : `${from} is left for ${to}`;

const whenText = (afterMs: number): string => (afterMs === 0 ? "at once" : `once it failed for ${span(afterMs)}`);

const restsText = (scene: Scene): string => {
  const { failures, firstRestMs, longestRestMs } = breakerUnder(scene);
  return `After ${failures} failures in a row the site rests ${span(firstRestMs)}, then longer, up to ${span(longestRestMs)}, with one trial in between.`;
};

const boundOf = (
  scene: Scene,
  conditions: Conditions,
  { switchWithinMs, switchAfterMs, seenWithinMs }: SiteOutcome,
): Bound => {
  if (switchWithinMs === null || switchAfterMs === null) {
    const { longestRestMs } = breakerUnder(scene);
    const drain = scene.spec.role === "send" ? ", then a paced drain" : "";
    return {
      text: `a trial within ${span(longestRestMs)} of the site's return${drain}`,
      withinMs: longestRestMs,
    };
  }
  const noticeMs = conditions.sites === "slow" ? scene.spec.requestTimeoutMs : 0;
  const notice = noticeMs === 0 ? "" : `, after the first request that is not answered (${span(noticeMs)})`;
  const withinMs = switchWithinMs + noticeMs;
  const seen = `${span(seenWithinMs)} until ${actsAlone(scene, conditions) ? "its breaker is open" : "every region has seen it"}${notice}`;
  if (switchAfterMs === 0) return { text: noticeMs === 0 ? seen : `${span(withinMs)}: ${seen}`, withinMs };
  return { text: `${span(withinMs)}: ${span(switchAfterMs)}, and ${seen}`, withinMs };
};

const returnsText = (scene: Scene, { from, to }: SiteOutcome): string => {
  if (to === null) return `${from} is used again as soon as a trial is answered`;
  const backMs = failbackAfterMs(scene);
  return backMs === null
    ? `${to} stays in use until a person says otherwise (failback is by hand)`
    : `${from} is used again once it has been well for ${span(backMs)}; going back is a switch like any other`;
};
