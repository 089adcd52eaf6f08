/** The link is bad, where we call. */
import type { Conditions } from "../../conditions.ts";
import { judged } from "../../decided/answers.ts";
import { linkFails } from "../../decided/link.ts";
import { breakerUnder } from "../../decided/site.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { Bound } from "../model.ts";
import { sentences, span } from "../text.ts";

export interface LinkStory {
  readonly gist: string;
  readonly what: readonly string[];
  readonly acts: string;
  readonly bound: Bound;
  readonly afterwards: string;
  /** Whether requests may have reached them although no answer was seen. */
  readonly inDoubt: boolean;
}

export const linkStory = (scene: Scene, { link }: Conditions, verb: string): LinkStory => {
  const { struck } = regionsOf(scene);
  if (link === "one-tunnel") {
    return {
      gist: "the other tunnel carries everything",
      what: ["The other tunnel carries everything; the core sees nothing of it, and decides nothing."],
      acts: `${struck} ${verb}`,
      bound: { text: "nothing stops", withinMs: 0 },
      afterwards: "nothing",
      inDoubt: false,
    };
  }
  return link === "large-packets-lost" ? smallPackets(scene, verb) : cut(scene, link, verb);
};

const cut = (scene: Scene, link: Conditions["link"], verb: string): LinkStory => {
  const { struck } = regionsOf(scene);
  const { site, lentTo, lendAfterMs, lentWithinMs } = linkFails(scene, link);
  const { longestRestMs } = breakerUnder(scene);
  const handed =
    lentTo === null
      ? null
      : `After ${span(lendAfterMs)} ${struck} ends what is under way and hands this connector, not its duty, to ${lentTo}, under a lease of its own.`;
  return {
    gist: `${lentTo === null ? heldText(scene) : `${lentTo} ${verb}, for this connector alone`}; no site is switched`,
    what: sentences([
      `The verdict on ${site.from} is ${site.verdict}, not theirs (${site.why ?? ""}): no site is switched, and it is not their breaker that is blamed.`,
      handed,
      lentTo === null ? `No region reaches them: ${heldText(scene)}.` : null,
      link === "one-direction" ? arrivalText(scene) : null,
    ]),
    acts: lentTo === null ? "nobody, until a link is back" : `${lentTo} ${verb}, for this connector alone`,
    bound:
      lentTo === null
        ? { text: `a trial within ${span(longestRestMs)} of the link's return`, withinMs: longestRestMs }
        : {
            text: `${span(lentWithinMs)}: bad for ${span(lendAfterMs)}, what is under way ends (${span(scene.spec.requestTimeoutMs)}), the other region is granted its lease`,
            withinMs: lentWithinMs,
          },
    afterwards:
      lentTo === null
        ? backText(scene)
        : `when ${struck} reaches the site again, ${lentTo} ends what is under way and gives the connector back`,
    inDoubt: link === "one-direction",
  };
};

const heldText = ({ spec }: Scene): string =>
  spec.role === "send" ? "everything is held, in order" : "nothing is read, and what they have stays with them";

const backText = ({ spec }: Scene): string =>
  spec.role === "send" ? "what was held is sent, at the partner's rate" : "reading goes on where it stood";

const arrivalText = (scene: Scene): string => {
  const before = judged(scene, { kind: "error", error: "timeout-before-write" });
  const after = judged(scene, { kind: "error", error: "timeout-after-write" });
  return `A request on a new connection never begins (${before.verdict}); one that was on its way is ${after.verdict}, whether it arrived or not.`;
};

const smallPackets = (scene: Scene, verb: string): LinkStory => {
  const { struck } = regionsOf(scene);
  const { verdict, reason } = judged(scene, { kind: "error", error: "timeout-after-write" });
  const { site, lentTo, lendAfterMs, failsAtMostMs } = linkFails(scene, "large-packets-lost");
  const { longestRestMs } = breakerUnder(scene);
  return {
    gist: `what is small enough passes; what is larger stalls, and is ${verdict}; no site is switched`,
    what: [
      `Small requests and probes pass; a larger one stalls until its time is up (${span(scene.spec.requestTimeoutMs)}): ${reason}, ${verdict}.`,
      `The verdict is ${site.verdict} (${site.why ?? ""}): no site is switched.`,
      lentTo === null
        ? `Probes are answered, so the site counts as failing for ${span(failsAtMostMs ?? 0)} at most; the connector would be handed over after ${span(lendAfterMs)}.`
        : `After ${span(lendAfterMs)} the connector is handed to ${lentTo}.`,
    ],
    acts: lentTo === null ? `${struck} ${verb} what is small enough` : `${lentTo} ${verb}, for this connector alone`,
    bound: { text: `larger ones: a trial within ${span(longestRestMs)} of the link's return`, withinMs: longestRestMs },
    afterwards: backText(scene),
    inDoubt: true,
  };
};
