// The roles that are drilled, by what connects us with the partner, and how a connector of theirs is named.
import { builtDrivers } from "../../src/define/drivers.ts";
import type { Cell } from "../../src/matrix/cells.ts";

export const roles = ["receive", "poll", "send", "feed"] as const satisfies readonly Cell["role"][];
export type DrilledRole = Cell["role"];

export const driverNames = ["http", "sqs", "event-bridge"] as const;
export type DriverName = (typeof driverNames)[number];
/** Those that a driver has. */
export const rolesOf = (driver: DriverName): readonly DrilledRole[] =>
  roles.filter((role) => builtDrivers[driver]?.includes(role));

/** The partner's topology, as the drill's names have it. */
export const theirNames = ["ps", "aa"] as const;
export type TheirName = (typeof theirNames)[number];
export const topologyOf = (name: TheirName): Cell["theirTopology"] =>
  name === "ps" ? "primary-secondary" : "active-active";
