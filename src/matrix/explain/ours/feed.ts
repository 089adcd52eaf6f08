/** They read ours. */
import type { FeedSpec } from "../../../define/spec.ts";
import type { VariantName } from "../../cells.ts";
import { type Conditions, conditionsOf } from "../../conditions.ts";
import { servedElsewhere } from "../../decided/feed.ts";
import { actingWhen, returning } from "../../decided/lease.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { Bound, OurStory } from "../model.ts";
import { firstOf, sentences, span } from "../text.ts";
import { actsUndisturbed } from "./undisturbed.ts";

export const feedStory = (scene: Scene<FeedSpec>, variant: VariantName): OurStory => {
  const conditions = conditionsOf(variant);
  if (conditions.region !== "well") return struckRegion(scene, conditions);
  if (conditions.sites !== "well") return struckSite(scene, conditions);
  if (conditions.link !== "well") return badLink(scene, conditions);
  return undisturbed(scene);
};

const everyRegion = "every region serves, and needs no lease for it";
const atOnce: Bound = { text: "at once, at another region's endpoint, with the same cursor", withinMs: 0 };
const nothing: Bound = { text: "nothing of ours stops", withinMs: 0 };

const undisturbed = (scene: Scene<FeedSpec>): OurStory => ({
  gist: "every region serves the same feed; a cursor is good everywhere",
  what: [
    "Every region serves the same feed. A cursor names a position in every region's journal, is signed, and is good everywhere.",
    "Presenting a cursor acknowledges what is within it; an older one reads again, and takes nothing back.",
    `An event stays ${span(scene.spec.options.retentionMs)} after every reader has acknowledged it.`,
  ],
  acts: `${everyRegion}; ${actsUndisturbed(scene, "settles")}`,
  bound: { text: "an event is on the feed when it is durable", withinMs: null },
  duplicates: [],
  afterwards: null,
  rules: ["cursorVector", "home"],
});

const struckRegion = (scene: Scene<FeedSpec>, conditions: Conditions): OurStory => {
  const { struck, left } = regionsOf(scene);
  const acting = actingWhen(scene, conditions);
  const { incarnation } = returning(scene, conditions);
  const isCut = conditions.region === "cut-from-peer";
  const lost = conditions.region === "disk-lost" && (scene.spec.durability === "regional" || scene.isExample);
  return {
    gist: isCut
      ? "each region serves what it has"
      : `${left} serves the same feed, without what it had not read of ${struck}'s`,
    what: sentences([
      isCut
        ? `Each region serves what it accepted, and what it had read of the other's.`
        : `${struck} serves nothing; ${left} serves what it accepted, and what it had read of ${struck}'s journal.`,
      laterText(scene, struck),
      lost ? "With durability regional, what no other region had read yet is lost; with replicated nothing is." : null,
      conditions.order === null
        ? null
        : "A site of theirs that is down as well reads later, from the cursor that it has.",
    ]),
    acts:
      acting.kind === "moved"
        ? `${left} serves at once; it settles for ${struck} after ${span(acting.takesOverWithinMs)} at most, which no reader sees`
        : everyRegion,
    bound: isCut ? nothing : atOnce,
    duplicates: [],
    afterwards: `what ${isCut ? "one region lacked of the other's" : `${left} had not read of ${struck}'s`} appears later, above every cursor: none is skipped${incarnation === "goes on" ? "" : `; ${struck} begins a new journal, so positions do not repeat`}`,
    rules: ["cursorVector", "lease", "takeover", "return"],
  };
};

/** What the page at the other region has, and what it waits for. */
const laterText = (scene: Scene<FeedSpec>, struck: string): string => {
  const { nothingTwice, waitsForEarlier } = servedElsewhere(scene);
  const ordered = scene.isExample ? servedElsewhere(scene, "key").waitsForEarlier : waitsForEarlier;
  const twice = nothingTwice ? "Nothing that was read is read again." : "What was read may be read again.";
  const waits = `an event that came after one of ${struck} that is not there yet waits for it`;
  if (!ordered) return twice;
  return scene.isExample && !waitsForEarlier
    ? `${twice} With ordering key, ${waits}.`
    : `${twice} ${waits.charAt(0).toUpperCase()}${waits.slice(1)}.`;
};

const struckSite = (scene: Scene<FeedSpec>, { sites }: Conditions): OurStory => {
  const shared = scene.spec.partner.topology.mode === "primary-secondary";
  const successor = shared
    ? "Their secondary reads on with the last cursor that it has, perhaps an older one: it is served again from there."
    : "Each of their sites is a reader of its own, with a cursor of its own; the others read on.";
  const told = {
    well: [],
    "one-down": [successor],
    "all-down": ["Nobody reads. What was not acknowledged stays, however long that takes; capacity is watched."],
    slow: ["Its cursor moves slowly; what it has not acknowledged stays, and nobody else waits for it."],
    forgetful: [
      successor,
      "What it had acknowledged and lost is there for as long as it is kept: an older cursor reads it again.",
    ],
  } as const;
  return {
    gist: firstOf(told[sites]),
    what: told[sites],
    acts: everyRegion,
    bound: nothing,
    duplicates: shared && sites !== "slow" ? ["what stands above the older cursor, at their own request"] : [],
    afterwards: "they read on; a cursor that is older than what is kept is answered with how to resume",
    rules: ["cursorVector"],
  };
};

const badLink = (scene: Scene<FeedSpec>, { link }: Conditions): OurStory => {
  const { struck, left } = regionsOf(scene);
  const told = {
    well: [],
    "one-region": [`${struck} sees silence; readers use ${left} with the same cursor.`],
    all: ["Every region sees silence. What was not acknowledged stays."],
    "one-direction": [
      `A page of ${struck} does not arrive: its cursor is never presented, so nothing of it is acknowledged, and ${left} serves it.`,
    ],
    "one-tunnel": ["The other tunnel carries everything; the core sees nothing of it, and decides nothing."],
    "large-packets-lost": [
      `A page that does not fit does not arrive: its cursor is never presented; a smaller \`limit\`, or ${left}, gets through.`,
    ],
  } as const;
  return {
    gist: firstOf(told[link]),
    what: told[link],
    acts: everyRegion,
    bound: link === "one-tunnel" ? nothing : link === "all" ? { text: "when a link is back", withinMs: null } : atOnce,
    duplicates: [],
    afterwards: "they read on from the cursor that they have",
    rules: ["cursorVector"],
  };
};
