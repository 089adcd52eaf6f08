// What a drill of the cells deploys to emulated regions of AWS. Where these are is told by who starts the engine.
import { defineEnvironment } from "isthmus";
import * as z from "zod";
import { roles } from "../roles.ts";

const endpoints = z.record(z.string(), z.url()).parse(JSON.parse(process.env.ISTHMUS_EMULATED_REGIONS ?? "{}"));

const connectors = roles.flatMap((role) =>
  ["ps", "aa"].map((theirs) => [`${role}-${theirs}`, `../test/cells/definitions/${role}-${theirs}.ts`] as const),
);

/** Settings and loopback addresses come with the stack's configuration. */
export default defineEnvironment({
  platform: "aws",
  regions: ["us-east-1", "us-west-2"],
  witness: "us-east-2",
  endpoints,
  // Short, so that a takeover is seen within a drill.
  lease: { ttlMs: 6_000, marginMs: 1_000, requestTimeoutMs: 2_000 },
  connectors: Object.fromEntries(connectors),
});
