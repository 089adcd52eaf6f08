/** A region of ours is struck: the same for every role but in what it does when it acts. */
import { resolutionOf } from "../../../core/unknown.ts";
import type { OnUnknownSpec } from "../../../define/spec.ts";
import type { Conditions } from "../../conditions.ts";
import { refusedAlone } from "../../decided/answers.ts";
import { type Acting, actingWhen, type Doubt, returning } from "../../decided/lease.ts";
import { regionsOf, type Scene } from "../../scene.ts";
import type { Bound, OurStory } from "../model.ts";
import { list, sentences, span } from "../text.ts";

/** What acting means in a role. */
export interface Doing {
  /** `west publishes` */
  readonly verb: string;
  /** `what east had published` */
  readonly done: string;
  /** How many may be under way at once when it ends. */
  readonly atOnce: number;
}

export const regionStory = (scene: Scene, conditions: Conditions, doing: Doing): OurStory => {
  const acting = actingWhen(scene, conditions);
  return {
    gist: actsText(scene, conditions, acting, doing),
    what: sentences([...struckText(scene, conditions, acting), aloneText(scene, conditions)]),
    acts: actsText(scene, conditions, acting, doing),
    bound: boundOf(acting),
    duplicates: duplicatesText(scene, acting, doing),
    afterwards: afterwardsText(scene, conditions, acting),
    rules: [
      "lease",
      "takeover",
      "home",
      "doubt",
      ...(scene.spec.role === "send" ? (["unknown"] as const) : []),
      "return",
    ],
  };
};

const struckText = (scene: Scene, { region }: Conditions, acting: Acting): readonly (string | null)[] => {
  const { struck, left } = regionsOf(scene);
  const { lease } = scene.policy;
  const stops = `${span(lease.ttlMs - lease.marginMs)} after its last renewal began`;
  switch (region) {
    case "well":
      return [];
    case "killed":
      return [`${struck} answers nothing until it is back.`];
    case "frozen":
      return [
        `${struck} stands still. Its lease is over ${stops}, by the clock that saw more time pass: when it wakes it starts nothing, and only writes down what late answers say.`,
      ];
    case "isolated":
      return [
        `${struck} reaches no other voter, which is no majority: it stops at the latest ${stops}, and holds what it has.`,
      ];
    case "cut-from-peer":
      return [
        acting.kind === "kept"
          ? `Each region still reaches a majority of the voters, so ${struck} keeps its lease; neither reads the other's journal.`
          : `${struck} stops at the latest ${stops}.`,
        acting.kind === "kept" && acting.letGo !== null
          ? `${struck} cannot read what ${left} accepts: after ${span(acting.letGo.afterMs)} it lets the duty for that lapse, where ${left} asks for it.`
          : null,
      ];
    case "disk-lost":
      return [
        `${struck} answers nothing until it is back, and comes back empty.`,
        scene.spec.durability === "regional" || scene.isExample
          ? "With durability regional, what no other region had read yet is lost; with replicated nothing is."
          : "What was accepted is in another region, so nothing is lost.",
      ];
  }
};

/** Whether the region that is left accepts while no other is reached. */
const aloneText = (scene: Scene, { region }: Conditions): string | null => {
  if (region === "well" || scene.regions.length < 2) return null;
  const left = region === "cut-from-peer" ? "Each region" : regionsOf(scene).left;
  if (scene.spec.role === "poll") return null;
  const taking = scene.spec.role === "receive" ? "accepts" : "takes events from the hub";
  const own = refusedAlone(scene);
  if (own !== null)
    return `${left} is alone with durability replicated: it takes nothing until a peer is back, unless the connector says whenAlone: "accept".`;
  const replicated = scene.isExample ? refusedAlone(scene, "replicated") : null;
  const unless =
    replicated === null
      ? ""
      : ' (with durability replicated it takes nothing while it is alone, unless the connector says whenAlone: "accept")';
  return `${left} ${taking} at once${unless}.`;
};

const actsText = (scene: Scene, { region }: Conditions, acting: Acting, { verb }: Doing): string => {
  const { struck, left } = regionsOf(scene);
  switch (acting.kind) {
    case "kept":
      return region === "cut-from-peer"
        ? `${struck} ${verb} what it accepted, ${left} what it accepted`
        : `${acting.by} ${verb} what ${list(acting.duties)} accepted`;
    case "moved":
      return `${acting.to} ${verb} what ${list(acting.duties)} accepted, as far as it has read it, once ${acting.voters} voters no longer grant ${acting.from} its lease`;
    case "nobody":
      return "nobody: what was accepted is held until the region is back";
  }
};

const boundOf = (acting: Acting): Bound => {
  switch (acting.kind) {
    case "kept": {
      const { by, letGo } = acting;
      if (letGo === null) return { text: "nothing stops", withinMs: 0 };
      const { to, takesOverWithinMs } = letGo;
      return {
        text: `what ${by} accepted: nothing stops; what ${to} accepted: ${span(takesOverWithinMs)}`,
        withinMs: takesOverWithinMs,
      };
    }
    case "moved": {
      const { takesOverWithinMs, leaseMs, readMs } = acting;
      const askMs = takesOverWithinMs - leaseMs - readMs;
      return {
        text: `${span(takesOverWithinMs)} after the loss: the lease ends (${span(leaseMs)}), is seen and asked for (${span(askMs)}), peers are read (${span(readMs)})`,
        withinMs: takesOverWithinMs,
      };
    }
    case "nobody":
      return { text: "when the region is back", withinMs: null };
  }
};

const duplicatesText = (scene: Scene, acting: Acting, doing: Doing): readonly string[] => {
  const move = movedDuty(acting);
  if (move === null) return [];
  const { doubt, from, to } = move;
  const told = doubtText(doubt, from, to, doing);
  if (!scene.isExample || scene.spec.role !== "send") return told === null ? [] : [told];
  const others = otherResolutions(scene.policy.connector).map(
    (onUnknown) => `with onUnknown ${onUnknown.kind}: ${doubtText(resolutionOf(onUnknown), from, to, doing) ?? "none"}`,
  );
  return sentences([told, ...others]);
};

/** Who is followed by whom, where nothing was told at the change. */
const movedDuty = (acting: Acting): { readonly from: string; readonly to: string; readonly doubt: Doubt } | null => {
  if (acting.kind === "moved") return acting;
  return acting.kind === "kept" && acting.letGo !== null ? { from: acting.by, ...acting.letGo } : null;
};

/** The ways out that the example does not take. */
const otherResolutions = ({ lookupAfterMs }: { readonly lookupAfterMs: number }): readonly OnUnknownSpec[] => [
  { kind: "lookup", afterMs: lookupAfterMs },
  { kind: "hold" },
];

const doubtText = (doubt: Doubt, from: string, to: string, { done, atOnce }: Doing): string | null => {
  switch (doubt.kind) {
    case "none":
      return null;
    case "again":
      return `what ${from} had ${done} and ${to} had not read of: under way (${atOnce} at most), or settled within the replication lag`;
    case "ask":
      return `none that they can tell: ${to} asks them about every entry that is open, ${span(doubt.afterMs)} after it began, before anything is sent`;
    case "person":
      return "none: every entry that is open is listed as unknown, and a person decides";
  }
};

const afterwardsText = (scene: Scene, { region }: Conditions, acting: Acting): string | null => {
  if (region === "well") return null;
  const { struck } = regionsOf(scene);
  const { incarnation, doubt, markWithinMs } = returning(scene, { ...wellBut, region });
  const journal =
    incarnation === "goes on"
      ? `${struck} goes on with its journal`
      : `${struck} begins a new journal (${incarnation}) and is refilled; the old one stays readable, under the same duty`;
  if (acting.kind === "kept")
    return `the journals are read on both sides; ${doubt.kind === "none" ? "nothing is sent twice" : "what is open is sent"}`;
  if (acting.kind === "nobody") return `${journal}, and acts`;
  const twice = doubt.kind === "none" ? "nothing is sent twice" : "what was open is in doubt";
  return `${journal}, catches up, and gets its duty back with a counted marker: ${twice}. A marker that cannot be read within ${span(markWithinMs)} counts as a lapse`;
};

const wellBut = { sites: "well", link: "well", order: null } as const;
