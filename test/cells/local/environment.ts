// What a drill of the cells deploys: every role that the host runs, towards a partner of either topology.
import { defineEnvironment } from "isthmus";
import { roles } from "../roles.ts";

const connectors = roles.flatMap((role) =>
  ["ps", "aa"].map((theirs) => [`${role}-${theirs}`, `../test/cells/definitions/${role}-${theirs}.ts`] as const),
);

/** Settings, loopback addresses and ports come with the stack's configuration. */
export default defineEnvironment({
  platform: "local",
  regions: ["east", "west"],
  connectors: Object.fromEntries(connectors),
});
