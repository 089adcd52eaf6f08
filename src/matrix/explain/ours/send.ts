/** We call them. */
import type { SendSpec } from "../../../define/spec.ts";
import type { VariantName } from "../../cells.ts";
import { type Conditions, conditionsOf } from "../../conditions.ts";
import { againAfter, refusedAtCapacity, unknownResolved } from "../../decided/answers.ts";
import { redeliveryMs } from "../../decided/site.ts";
import type { Scene } from "../../scene.ts";
import type { OurStory } from "../model.ts";
import { capital, sentences, size, span } from "../text.ts";
import { bothStory } from "./both.ts";
import { linkStory } from "./link.ts";
import { type Doing, regionStory } from "./region.ts";
import { siteStory } from "./site.ts";
import { actsUndisturbed } from "./undisturbed.ts";

export const sendStory = (scene: Scene<SendSpec>, variant: VariantName): OurStory => {
  const conditions = conditionsOf(variant);
  if (conditions.order !== null) return bothStory(scene, conditions, doing(scene), redeliveryText(scene));
  if (conditions.region !== "well") return regionStory(scene, conditions, doing(scene));
  if (conditions.sites !== "well") return struckSite(scene, conditions);
  if (conditions.link !== "well") return badLink(scene, conditions);
  return undisturbed(scene);
};

const doing = ({ spec, policy }: Scene): Doing => ({
  verb: "sends",
  done: "sent",
  atOnce: spec.partner.rate?.concurrency ?? policy.region.partner.concurrency,
});

const undisturbed = (scene: Scene<SendSpec>): OurStory => {
  const { rate } = scene.spec.partner;
  const { partner } = scene.policy.region;
  return {
    gist: "made durable, then sent, with the same identity in every attempt",
    what: sentences([
      `What the hub has for the connector is made durable, then sent${orderText(scene)}, with the same identity in every attempt.`,
      rate === undefined
        ? `At most ${partner.concurrency} requests are under way at once.`
        : `At most ${rate.limit} requests go out in ${span(rate.perMs)}${rate.concurrency === null ? "" : `, ${rate.concurrency} at once`}.`,
    ]),
    acts: actsUndisturbed(scene, "sends"),
    bound: { text: "the first attempt is not delayed", withinMs: null },
    duplicates: [],
    afterwards: null,
    rules: ["lease", "home", "taxonomy"],
  };
};

const orderText = ({ spec, isExample }: Scene<SendSpec>): string => {
  const told = { none: "", key: ", in order per key", latest: ", of each key the newest" };
  return isExample
    ? `${told[spec.ordering]} (with ordering key: in the order of acceptance per key)`
    : told[spec.ordering];
};

/** What deliveries of before count for once a site was left. */
export const redeliveryText = (scene: Scene): string =>
  `what the site that was left had acknowledged since ${span(redeliveryMs(scene))} before its last good answer (recoveryPoint, and ${span(scene.policy.region.clockSkewMs)} for the clocks), first in its key`;

const struckSite = (scene: Scene<SendSpec>, conditions: Conditions): OurStory => {
  const story = siteStory(scene, conditions);
  const { to } = story.outcome;
  return {
    gist: story.gist,
    what: sentences([
      `${capital(story.judged)}.`,
      conditions.sites === "slow" ? `${unknownText(scene)}.` : null,
      story.rests,
      story.decided,
      to === null ? heldText(scene) : null,
    ]),
    acts: actsUndisturbed(scene, to === null ? "holds" : `sends, to ${to},`),
    bound: story.bound,
    duplicates: sentences([
      conditions.sites === "slow" ? repeatsText(scene) : null,
      to === null ? null : redeliveryText(scene),
    ]),
    afterwards: to === null ? `${story.returns}; what was held is sent at the partner's rate, in order` : story.returns,
    rules: [
      "taxonomy",
      "breaker",
      "verdict",
      "site",
      "redelivery",
      ...(conditions.sites === "slow" ? (["unknown", "again"] as const) : []),
    ],
  };
};

const badLink = (scene: Scene<SendSpec>, conditions: Conditions): OurStory => {
  const { gist, what, acts, bound, afterwards, inDoubt } = linkStory(scene, conditions, "sends");
  return {
    gist,
    what: inDoubt ? [...what, `${unknownText(scene)}.`] : what,
    acts,
    bound,
    duplicates: sentences([inDoubt ? repeatsText(scene) : null]),
    afterwards,
    rules: ["verdict", "site", "lend", "taxonomy", ...(inDoubt ? (["unknown", "again"] as const) : [])],
  };
};

/** What becomes of a request that was not answered. */
export const unknownText = (scene: Scene<SendSpec>): string => {
  const resolution = unknownResolved(scene);
  const { firstMs, capMs, giveUpAfterMs } = againAfter(scene);
  switch (resolution.kind) {
    case "again": {
      const end = giveUpAfterMs === null ? "without end" : `for ${span(giveUpAfterMs)}, then it is a fault`;
      return `What was not answered is sent again, with the same identity, after ${span(firstMs)} at most, then doubled up to ${span(capMs)}, ${end}`;
    }
    case "ask":
      return `What was not answered is asked for ${span(resolution.afterMs)} later, and sent again only if they do not have it`;
    case "person":
      return "What was not answered is listed as unknown, and not sent again until a person decides";
  }
};

const repeatsText = (scene: Scene): string | null => {
  switch (unknownResolved(scene).kind) {
    case "again":
      return "one for each request that they took and did not answer in time";
    case "ask":
    case "person":
      return null;
  }
};

const heldText = (scene: Scene): string => {
  const { hold } = scene.spec;
  const full = refusedAtCapacity(scene);
  return `Everything is held, in order: an alarm after ${span(hold.alarmAfterMs)}, room for ${size(hold.capacityBytes)}${full === null ? "" : "; beyond it events stay in the hub"}. Nothing is dropped.`;
};
