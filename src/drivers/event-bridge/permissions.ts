/** What the role of a connector's functions needs. What the partner grants: see README.md. */
import type { SpecOf } from "../../define/spec.ts";
import { type Permission, takingOn } from "../permissions.ts";

/** Without a role of theirs it is their bus's policy that allows ours, and ours must name the bus as well. */
export const permissionsOf = (spec: SpecOf<"event-bridge">): readonly Permission[] => {
  if (spec.role === "receive") return [];
  const { role, buses } = spec.options;
  if (role !== null) return takingOn([role]);
  return [{ actions: ["events:PutEvents"], resources: [...new Set(Object.values(buses))].sort() }];
};
