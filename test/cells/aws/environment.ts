// What a drill of the cells deploys to emulated regions of AWS. Where these are, and what connects us with the
// partners, is told by who starts the engine.
import { defineEnvironment } from "isthmus";
import * as z from "zod";
import { driverNames, rolesOf, theirNames } from "../roles.ts";

const endpoints = z.record(z.string(), z.url()).parse(JSON.parse(process.env.ISTHMUS_EMULATED_REGIONS ?? "{}"));

const driver = z.enum(driverNames).parse(process.env.ISTHMUS_CELLS_DRIVER);
const folder = driver === "http" ? "" : `${driver}/`;

const connectors = rolesOf(driver).flatMap((role) =>
  theirNames.map((theirs) => [`${role}-${theirs}`, `../test/cells/definitions/${folder}${role}-${theirs}.ts`] as const),
);

/** Settings and loopback addresses come with the stack's configuration. */
export default defineEnvironment({
  platform: "aws",
  regions: ["us-east-1", "us-west-2"],
  witness: "us-east-2",
  endpoints,
  // Short, so that a takeover is seen within a drill.
  lease: { ttlMs: 4_000, marginMs: 1_000, requestTimeoutMs: 2_000 },
  connectors: Object.fromEntries(connectors),
});
