// The roles that are drilled, and how a connector of theirs is named.
import type { Cell } from "../../src/matrix/cells.ts";

export const roles = ["receive", "poll", "send", "feed"] as const satisfies readonly Cell["role"][];
export type DrilledRole = Cell["role"];

/** The partner's topology, as the drill's names have it. */
export const theirNames = ["ps", "aa"] as const;
export type TheirName = (typeof theirNames)[number];
export const topologyOf = (name: TheirName): Cell["theirTopology"] =>
  name === "ps" ? "primary-secondary" : "active-active";
