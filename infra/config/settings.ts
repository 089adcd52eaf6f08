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
  /** Local platform, or AWS with an emulator: proxy on this machine that the region's calls go through. */
  outboundProxy: z.string().optional(),
  /** AWS with an emulator: urls by region, as this region reaches them, over those of the environment's file. */
  endpoints: z.record(z.string(), z.url()).optional(),
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

const everywhere = { settings: z.record(z.string(), z.string()), loopback: z.array(z.string()) };

/** What a global stack of the local platform tells its regions, secrets apart. */
export const LocalShared = z.object({ ...everywhere, basePort: z.number(), home: z.string() });
export type LocalShared = z.infer<typeof LocalShared>;

/** ARNs by name or region. */
const arns = z.record(z.string(), z.string());

/** What a global stack on AWS tells its regions. */
export const AwsShared = z.object({
  ...everywhere,
  account: z.string(),
  keyArns: arns,
  /** In the first region. */
  secretArns: arns,
  /** By topology mode, connector and region. */
  streams: z.record(z.string(), z.record(z.string(), arns)),
  /** By topology mode and region, of those that have a domain. */
  certificates: z.record(z.string(), arns).default({}),
});
export type AwsShared = z.infer<typeof AwsShared>;

/** Secret outputs of a global stack of the local platform. */
export const SharedSecrets = z.record(z.string(), z.array(z.string()));
export type SharedSecrets = z.infer<typeof SharedSecrets>;
/** By topology mode. */
export const PeerTokens = z.record(z.string(), z.string());
