/** What a giver sees that calls us. */
import { httpAnswers } from "../../../define/policy.ts";
import type { ReceiveSpec, SpecOf } from "../../../define/spec.ts";
import type { VariantName } from "../../cells.ts";
import { type Conditions, conditionsOf } from "../../conditions.ts";
import { type Refused, refusedAlone, refusedAtCapacity } from "../../decided/answers.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { TheirStory } from "../model.ts";
import { sentences, size, span } from "../text.ts";

export const giverStory = (scene: Scene<ReceiveSpec>, variant: VariantName): TheirStory => {
  const { region, sites, link, order } = conditionsOf(variant);
  const { struck, left } = regionsOf(scene);
  if (region !== "well") {
    return {
      sees: sentences([
        region === "cut-from-peer"
          ? "Every endpoint answers."
          : `No answer at ${struck}'s endpoint; ${left}'s answers at once.`,
        aloneText(scene),
        order === null ? null : "Either of your sites may call, with its own proof.",
      ]),
      does: [region === "cut-from-peer" ? "Use any endpoint." : repeatElsewhere(struck, left), ...waits(scene)],
      rules: ["accept", "refuse"],
    };
  }
  if (sites !== "well") return ownSites(scene, sites);
  if (link !== "well") return onLink(scene, link);
  return {
    sees: [...answersOf(scene.spec), fullText(scene)],
    does: [
      "Give every message an identity of its own, and the same to its repeats.",
      `After anything but 2xx, or no answer, repeat it: at another endpoint, or later. ${span(scene.policy.giverRetriesMs)} are enough.`,
      "Wait as long as Retry-After says.",
    ],
    rules: ["accept", "refuse"],
  };
};

const answersOf = (spec: ReceiveSpec): readonly string[] =>
  spec.driver === "http"
    ? [
        `${spec.options.answer.status} once the message is durable, at every endpoint; a repeat within ${span(spec.dedupeWindowMs)} is answered as the first was.`,
        wrongText(spec),
      ]
    : [`What you wrote is taken once; a repeat within ${span(spec.dedupeWindowMs)} is taken off and changes nothing.`];

const wrongText = ({ options, onConflict, onInvalid }: SpecOf<"http", ReceiveSpec>): string => {
  const { unproved, tooLarge, unreadable, conflict } = httpAnswers;
  return sentences([
    `${unproved} without a proof that holds; ${tooLarge} beyond ${size(options.limitBytes)}; ${unreadable} without an identity`,
    onInvalid === "reject" ? `${unreadable} naming the field for a message that is not valid` : null,
    onConflict === "reject" ? `${conflict} for the same identity with other content` : null,
  ])
    .join("; ")
    .concat(".");
};

const retryText = ({ status, retryAfterS }: Refused): string => `${status} with Retry-After ${retryAfterS} s`;

const fullText = (scene: Scene): string => {
  const full = refusedAtCapacity(scene);
  return full === null
    ? ""
    : `When we hold as much as we can: ${retryText(full)}; repeats are answered as their first was.`;
};

const aloneText = (scene: Scene): string | null => {
  const own = refusedAlone(scene);
  if (own !== null) return `While one region is alone: ${retryText(own)}.`;
  const replicated = scene.isExample ? refusedAlone(scene, "replicated") : null;
  return replicated === null
    ? null
    : `Only a connector with durability replicated answers ${retryText(replicated)} while one region is alone.`;
};

const waits = (scene: Scene): readonly string[] =>
  refusedAlone(scene) === null && !scene.isExample ? [] : ["Wait as long as Retry-After says."];

const repeatElsewhere = (struck: string, left: string): string =>
  struck === left
    ? "Repeat what was not answered, with the same identity, until it is."
    : `Repeat what was not answered, with the same identity, at ${left}'s endpoint.`;

const another = "Call from another site, with its own proof; all that we were given are good at any time.";
const callText: Readonly<Record<Conditions["sites"], string>> = {
  well: "Call from any site.",
  "one-down": another,
  forgetful: another,
  "all-down": "Keep what you have, and call when a site is back.",
  slow: "Take your time for a call; a call that ends in the middle is none.",
};

const ownSites = ({ spec }: Scene<ReceiveSpec>, sites: Conditions["sites"]): TheirStory => ({
  sees: ["Nothing new: our endpoints answer whichever of your sites calls."],
  does: [
    callText[sites],
    "Repeat whatever you are not sure of, with the same identity: what we have is answered as the first was.",
    ...(spec.partner.topology.recoveryPointMs === 0 || sites !== "forgetful"
      ? []
      : [
          `What your successor lost of the last ${span(spec.partner.topology.recoveryPointMs)} and had not sent is yours to send again, or to offer for reading.`,
        ]),
  ],
  rules: ["accept"],
});

const onLink = (scene: Scene, link: string): TheirStory => {
  const { struck, left } = regionsOf(scene);
  const sees: Readonly<Record<string, string>> = {
    all: "No answer at any endpoint.",
    "one-tunnel": "Nothing.",
    "large-packets-lost": `No answer at ${struck}'s endpoint to what is larger than the link carries.`,
  };
  const keep = ["Keep what was not answered, and repeat it, with the same identity, until it is."];
  return {
    sees: [sees[link] ?? `No answer at ${struck}'s endpoint; ${left}'s answers at once.`],
    does: link === "one-tunnel" ? ["Nothing."] : link === "all" ? keep : [repeatElsewhere(struck, left)],
    rules: ["accept"],
  };
};
