import { readFileSync } from "node:fs";
import * as z from "zod";
import { leases } from "../../define/policy.ts";

const port = z.int().min(0).max(65_535);
const urls = z.record(z.string(), z.url());
/** An HTTP proxy on this machine, for all calls that a process makes. */
export const outboundProxy = z
  .string()
  .regex(
    /^http:\/\/(127(\.\d{1,3}){3}|\[::1\]|localhost):\d{1,5}\/?$/,
    "a loopback address with its port, such as http://127.0.0.1:3128",
  );
const lease = z
  .strictObject({ ttlMs: z.int().positive(), marginMs: z.int().min(0), requestTimeoutMs: z.int().positive() })
  .default(leases.local);
const common = {
  environment: z.string().min(1),
  mode: z.enum(["active-active", "primary-secondary"]),
  /** Name of the region; `witness` for a witness. */
  region: z.string().min(1),
  /** Ordered: in primary-secondary the first is the primary. While the set changes, those of both sets. */
  regions: z.array(z.string().min(1)).min(1),
  stateDir: z.string().min(1),
  /** The admin interface is for this machine only. */
  host: z.enum(["127.0.0.1", "::1"]),
  adminPort: port,
  /** Admin urls of the other regions. */
  peers: urls,
  /** Admin urls of all voters, the own one included. */
  voters: urls,
  /** Which of the voters decide together. Default: all of them in one set, generation 1. */
  voterSets: z.exactOptional(
    z.strictObject({ generation: z.int().positive(), sets: z.array(z.array(z.string()).min(1)).min(1).max(2) }),
  ),
  peerToken: z.string().min(16),
  adminToken: z.string().min(16),
  lease,
  loopback: z.array(z.string()).default([]),
  /** Calls to partners, peers and voters go through it. Default: none. */
  outboundProxy: z.exactOptional(outboundProxy),
};
const regionConfig = z.strictObject({ kind: z.literal("region"), ...common, publicPort: port });
const witnessConfig = z.strictObject({ kind: z.literal("witness"), ...common });
const anyConfig = z.discriminatedUnion("kind", [regionConfig, witnessConfig]);

/** What a gateway process is told at its start. Unknown fields are refused. */
export type RegionHostConfig = z.output<typeof regionConfig>;
export type WitnessConfig = z.output<typeof witnessConfig>;
export type HostConfig = RegionHostConfig | WitnessConfig;

/** Reads the file. @throws Error that names the file and every field that is wrong, and no value: some are secret */
export const readConfig = (path: string): HostConfig => {
  const result = anyConfig.safeParse(parseFile(path));
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `  ${issue.path.join(".") || "(top)"}: ${issue.message}`);
    throw new Error(`${path} is not a configuration of a gateway process:\n${lines.join("\n")}`);
  }
  const config = result.data;
  const { ttlMs, marginMs, requestTimeoutMs } = config.lease;
  if (requestTimeoutMs >= ttlMs - marginMs) {
    throw new Error(`${path}: lease.requestTimeoutMs must be below lease.ttlMs - lease.marginMs`);
  }
  if (config.kind === "region" && !config.regions.includes(config.region)) {
    throw new Error(`${path}: region: '${config.region}' is not one of the regions (${config.regions.join(", ")})`);
  }
  const unknown = config.voterSets?.sets.flat().find((name) => !(name in config.voters));
  if (unknown !== undefined) throw new Error(`${path}: voterSets: '${unknown}' is not one of the voters`);
  return config;
};

const parseFile = (path: string): unknown => {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    throw new Error(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${path} is not JSON`);
  }
};
