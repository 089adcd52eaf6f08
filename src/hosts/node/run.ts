import { flushCompileCache } from "node:module";
import { type HostConfig, readConfig } from "./config.ts";
import { type Logger, processLog } from "./log.ts";
import { thisProcess, writeProcessFile } from "./process-file.ts";
import type { RunningHost } from "./running.ts";

/** Runs the process that a configuration file describes, until it is asked to stop. */
export const run = async (path: string): Promise<void> => {
  const config = readConfig(path);
  const self = thisProcess();
  const { processId } = self;
  const log = processLog({ region: config.region, processId });
  const { promise: asked, resolve: onStop } = Promise.withResolvers<void>();
  process.on("SIGTERM", () => onStop()).on("SIGINT", () => onStop());
  const running = await start(config, { processId, log, onStop });
  writeProcessFile(config.stateDir, self);
  log.info({ adminPort: config.adminPort }, "started");
  flushCompileCache();
  await asked;
  log.info("stopping");
  await running.stop();
  log.info("stopped");
};

/** Each kind loads only what it needs. */
const start = async (
  config: HostConfig,
  rest: { readonly processId: string; readonly log: Logger; readonly onStop: () => void },
): Promise<RunningHost> => {
  if (config.kind === "witness") return (await import("./witness-host.ts")).startWitness({ config, ...rest });
  return (await import("./region-host.ts")).startRegion({ config, ...rest });
};
