/** They call us. */
import type { ReceiveSpec } from "../../../define/spec.ts";
import type { VariantName } from "../../cells.ts";
import { type Conditions, conditionsOf } from "../../conditions.ts";
import { refusedAlone, refusedAtCapacity } from "../../decided/answers.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { Bound, OurStory } from "../model.ts";
import { firstOf, sentences, size, span } from "../text.ts";
import { type Doing, regionStory } from "./region.ts";
import { actsUndisturbed } from "./undisturbed.ts";

export const receiveStory = (scene: Scene<ReceiveSpec>, variant: VariantName): OurStory => {
  const conditions = conditionsOf(variant);
  if (conditions.region !== "well") return struckRegion(scene, conditions);
  if (conditions.sites !== "well") return struckSite(scene, conditions);
  if (conditions.link !== "well") return badLink(scene, conditions);
  return undisturbed(scene);
};

const doing = ({ policy }: Scene): Doing => ({
  verb: "publishes",
  done: "published",
  atOnce: policy.region.hubConcurrency,
});
const nothing: Bound = { text: "nothing of ours stops", withinMs: 0 };

const acceptText = (spec: ReceiveSpec): string =>
  spec.driver === "http"
    ? `Every region accepts: limits (${size(spec.options.limitBytes)}), proves, identifies, makes durable, and only then answers ${spec.options.answer.status}.`
    : "Every region accepts from a queue of its own: identifies, makes durable, and only then takes the message off.";

const undisturbed = (scene: Scene<ReceiveSpec>): OurStory => ({
  gist: "every region accepts, and answers once the message is durable",
  what: sentences([
    acceptText(scene.spec),
    durableText(scene),
    `The same identity within ${span(scene.spec.dedupeWindowMs)} is answered as the first was, and not published again.`,
    fullText(scene),
  ]),
  acts: actsUndisturbed(scene, "publishes"),
  bound: { text: "published at once", withinMs: null },
  duplicates: scene.regions.length < 2 ? [] : [severalText],
  afterwards: null,
  rules: ["accept", "lease", "home"],
});

const severalText =
  "none for an identity given to one region; given to several within the replication lag: one from each";

const durableText = ({ spec, isExample }: Scene): string => {
  const regional = "Durable means: in this region's journal, on its disk";
  const replicated = "in another region's journal as well";
  if (spec.durability === "replicated") return `${regional}, and ${replicated}.`;
  return isExample ? `${regional} (with durability replicated: ${replicated}).` : `${regional}.`;
};

const struckRegion = (scene: Scene<ReceiveSpec>, conditions: Conditions): OurStory => {
  const story = regionStory(scene, conditions, doing(scene));
  const siteToo = conditions.order === null ? [] : [successorText(scene)];
  return {
    ...story,
    gist: `${acceptingText(scene, conditions)}; ${story.gist}`,
    what: [...story.what, ...siteToo],
    bound: {
      ...story.bound,
      text: `accepting: at once; publishing what was open: ${story.bound.text}`,
    },
    rules: ["accept", "refuse", ...story.rules],
  };
};

const acceptingText = (scene: Scene, { region }: Conditions): string => {
  const { left } = regionsOf(scene);
  if (refusedAlone(scene) !== null) return "nothing is taken while a region is alone";
  return region === "cut-from-peer" ? "every region accepts" : `${left} accepts at once`;
};

const successorText = ({ spec }: Scene): string =>
  spec.partner.topology.mode === "active-active"
    ? "The partner's other sites call on; what they repeat is known by its identity."
    : "The partner's secondary begins to call; every proof that the definition names is good at any time, and what it repeats is known by its identity.";

const struckSite = (scene: Scene<ReceiveSpec>, conditions: Conditions): OurStory => {
  const { reconcile, dedupeWindowMs } = scene.spec;
  const silent =
    "Nobody calls, and nothing is decided here: whether there is nothing to tell or nobody to tell it looks alike from here.";
  const gap =
    reconcile === null
      ? "What it never sends is not missed here, unless the connector states a reconcile poll."
      : "What it never sends is read at their API by the reconcile poll.";
  const told = {
    well: [],
    "one-down": [successorText(scene)],
    "all-down": [silent],
    slow: ["A caller that is slow holds one connection; nobody else waits for it."],
    forgetful: [
      successorText(scene),
      `Its successor may repeat what is here already (known for ${span(dedupeWindowMs)}), and may have lost what it had not sent. ${gap}`,
    ],
  } as const;
  return {
    gist: firstOf(told[conditions.sites]),
    what: told[conditions.sites],
    acts: actsUndisturbed(scene, "publishes"),
    bound: nothing,
    duplicates: [],
    afterwards: "they call again; nothing has to be done here",
    rules: ["accept", "lease", "home"],
  };
};

const badLink = (scene: Scene<ReceiveSpec>, { link }: Conditions): OurStory => {
  const { struck, left } = regionsOf(scene);
  const told = {
    well: [],
    "one-region": [`${struck} sees silence; callers use ${left}.`],
    all: ["Every region sees silence; callers keep what they have."],
    "one-direction": [
      `What they send arrives at ${struck}, its answer does not: they repeat it, there or at ${left}, and it is known by its identity.`,
    ],
    "one-tunnel": ["The other tunnel carries everything; the core sees nothing of it, and decides nothing."],
    "large-packets-lost": [
      `A message that does not fit never arrives whole at ${struck}, so nothing of it is stored; callers use ${left}.`,
    ],
  } as const;
  return {
    gist: firstOf(told[link]),
    what: told[link],
    acts: actsUndisturbed(scene, "publishes"),
    bound: nothing,
    duplicates: link === "one-direction" ? [severalText] : [],
    afterwards: "they call again; nothing has to be done here",
    rules: ["accept", "lease", "home"],
  };
};

/** What a caller is told at capacity. */
const fullText = (scene: Scene): string | null => {
  const full = refusedAtCapacity(scene);
  return full === null
    ? null
    : `When ${size(scene.spec.hold.capacityBytes)} are held, new messages are answered ${full.status} with Retry-After ${full.retryAfterS} s; repeats are answered as their first was.`;
};
