/** What the role of a connector's functions needs. What the partner's role needs, its owner grants: see README.md. */
import type { SpecOf } from "../../define/spec.ts";
import { type Permission, takingOn } from "../permissions.ts";

/** A queue of ours that a partner writes to is read by Lambda's event source, whose component knows its ARN. */
export const permissionsOf = (spec: SpecOf<"sqs">): readonly Permission[] =>
  spec.role === "receive" ? [] : takingOn([spec.options.role]);
