#!/usr/bin/env node
// A gateway process, a region or a witness: `node src/hosts/node/main.ts <config.json>`.
import { type HostConfig, readConfig } from "./config.ts";
import { processLog } from "./log.ts";
import { thisProcess, writeProcessFile } from "./process-file.ts";
import { startRegion } from "./region-host.ts";
import { startWitness } from "./witness-host.ts";

const run = async (path: string): Promise<void> => {
  const config = readConfig(path);
  const self = thisProcess();
  const { processId } = self;
  const log = processLog({ region: config.region, processId });
  const { promise: asked, resolve: onStop } = Promise.withResolvers<void>();
  process.on("SIGTERM", () => onStop()).on("SIGINT", () => onStop());
  const running = await start(config, { processId, log, onStop });
  writeProcessFile(config.stateDir, self);
  log.info({ adminPort: config.adminPort }, "started");
  await asked;
  log.info("stopping");
  await running.stop();
  log.info("stopped");
};

const start = (
  config: HostConfig,
  rest: { processId: string; log: ReturnType<typeof processLog>; onStop: () => void },
) => (config.kind === "region" ? startRegion({ config, ...rest }) : startWitness({ config, ...rest }));

const [, , path] = process.argv;
if (path === undefined) {
  process.stderr.write("usage: node src/hosts/node/main.ts <config.json>\n");
  process.exit(1);
}
run(path).then(
  () => process.exit(0),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  },
);
