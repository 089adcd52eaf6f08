// `Region` and `Witness`: a gateway process each, on a state folder of its own.
import { randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import * as z from "zod";
import { allRegions } from "../../../../src/define/environment.ts";
import { outboundProxy } from "../../../../src/hosts/node/config.ts";
import { MODES } from "../../mode.ts";
import {
  endpoint,
  endpoints,
  endpointsFile,
  LAST_BASE_PORT,
  processConfig,
  type Site,
  siteFolder,
  stateFolder,
  WITNESS,
} from "../plan.ts";
import { info } from "./admin.ts";
import { awaitGeneration } from "./generation.ts";
import { adminToken, type Running, removeState, runningOn, start, stop } from "./process.ts";
import type { Kind } from "./resource.ts";

const Inputs = z.object({
  environment: z.string().regex(/^[a-z0-9][a-z0-9-]*$/, "lower-case letters, digits and '-' only"),
  mode: z.enum(MODES),
  /** Name of the region; `witness` for a witness. */
  region: z.string(),
  regions: z.array(z.string()).min(1),
  changingFrom: z.array(z.string()).default([]),
  generation: z.int().min(1).default(1),
  home: z.string(),
  basePort: z.int().min(1024).max(LAST_BASE_PORT),
  loopback: z.array(z.string()),
  outboundProxy: outboundProxy.optional(),
  lease: z.object({ ttlMs: z.int(), marginMs: z.int(), requestTimeoutMs: z.int() }).optional(),
  peerToken: z.string().min(16),
  /** Of the gateway's code: a new one restarts the process. */
  version: z.string(),
});
export type RegionInputs = z.infer<typeof Inputs>;
const Outputs = z.object({
  pid: z.int(),
  processId: z.string(),
  startedAt: z.string(),
  stateDir: z.string(),
  publicUrl: z.string().optional(),
  adminUrl: z.string(),
  tokenFile: z.string(),
});
type RegionOutputs = z.infer<typeof Outputs>;

/** How long the step before may take to be in effect: voters that start grant nothing for one ttl. */
const STEP_PATIENCE_MS = 30_000;

/**
 * @param program what a process runs
 * @param stepPatienceMs how long the next step of a change of the regions waits for the one before
 */
export const region = (program: string, stepPatienceMs = STEP_PATIENCE_MS): Kind<RegionInputs, RegionOutputs> => ({
  inputs: Inputs,
  outputs: Outputs,
  identity: ["environment", "mode", "region", "home", "basePort"],

  async create(inputs) {
    const running = await launch(inputs, program);
    return { id: `${inputs.environment}.${inputs.region}.${inputs.mode}`, outputs: outputs(inputs, running) };
  },

  async read(state) {
    const running = await runningOn(state.stateDir);
    if (running === null) return null;
    const answer = await info(state);
    if (answer !== null && answer.processId !== running.processId) return null;
    return { ...state, ...running };
  },

  async update(inputs, state) {
    const { generation } = inputs;
    if (generation !== state.generation) await awaitGeneration(state, state.region, generation, stepPatienceMs);
    await stop(state.stateDir, state.adminUrl);
    return outputs(inputs, await launch(inputs, program));
  },

  async delete(state) {
    const site = siteOf(state);
    await stop(state.stateDir, state.adminUrl);
    const siblings = [...allRegions(state), WITNESS].map((name) => stateFolder(site, name));
    await removeState(state.stateDir, siblings, [endpointsFile(site), siteFolder(site)]);
  },
});

async function launch(inputs: RegionInputs, program: string): Promise<Running> {
  const site = siteOf(inputs);
  const admin = (await adminToken(stateFolder(site, inputs.region))) ?? randomBytes(32).toString("base64url");
  const tokens = { peer: inputs.peerToken, admin };
  const running = await start(processConfig(site, inputs.region, tokens, inputs), program);
  await tellEndpoints(site);
  return running;
}

/** Says where all regions of the environment are, for the command line. The same text from every region. */
async function tellEndpoints(site: Site): Promise<void> {
  const file = endpointsFile(site);
  await mkdir(siteFolder(site), { recursive: true, mode: 0o700 });
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, `${JSON.stringify(endpoints(site), null, 2)}\n`, { mode: 0o600 });
  await rename(draft, file);
}

function outputs(inputs: RegionInputs, running: Running): RegionOutputs {
  const site = siteOf(inputs);
  return { ...running, stateDir: stateFolder(site, inputs.region), ...endpoint(site, inputs.region) };
}

const siteOf = ({ environment, mode, regions, changingFrom, generation, home, basePort }: RegionInputs): Site => ({
  environment,
  mode,
  regions,
  changingFrom,
  generation,
  home,
  basePort,
});
