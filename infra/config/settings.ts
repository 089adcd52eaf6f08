// The stack's configuration and what the global stack tells its regions, parsed once.
import * as z from "zod";

const names = z.array(z.string()).default([]);
/** Preview stacks only: path of the environment's file, relative to infra. Default: `environments/local.ts`. */
const environment = z.string().optional();

/** Configuration of a region's stack: only what may differ between regions. */
export const RegionSettings = z.object({
  environment,
  /** Deploy these connectors only: a canary. Empty: all. */
  only: names,
  /** Accept and hold, dispatch nothing. */
  paused: names,
  /** Local platform: proxy on this machine that the region's calls go through. */
  outboundProxy: z.string().optional(),
});
export type RegionSettings = z.infer<typeof RegionSettings>;

const SecretValues = z.union([
  z
    .string()
    .min(1)
    .transform((value) => [value]),
  z.array(z.string().min(1)).min(1).max(2),
]);

/** Configuration of an environment's global stack: what all its regions share and its file does not say. */
export const GlobalSettings = z.object({
  environment,
  /** By name; two values, the new one first, while one rotates. */
  secrets: z.record(z.string(), SecretValues).default({}),
  /** Over the settings of the environment's file, also those of single connectors. */
  settings: z.record(z.string(), z.string()).default({}),
  /** Beside the loopback addresses of the environment's file. */
  loopback: names,
  /** Local platform: the first port, over that of the environment's file. */
  basePort: z.coerce.number().optional(),
  /** Local platform: the folder that holds all state. Default: `.isthmus` beside `Pulumi.yaml`. */
  home: z.string().optional(),
});
export type GlobalSettings = z.infer<typeof GlobalSettings>;

/** What a global stack tells its regions, secrets apart. */
export const Shared = z.object({
  settings: z.record(z.string(), z.string()),
  loopback: z.array(z.string()),
  basePort: z.number(),
  home: z.string(),
});
export type Shared = z.infer<typeof Shared>;

/** Secret outputs of a global stack. */
export const SharedSecrets = z.record(z.string(), z.array(z.string()));
/** By topology mode. */
export const PeerTokens = z.record(z.string(), z.string());
