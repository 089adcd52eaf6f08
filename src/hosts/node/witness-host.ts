import { lockFolder } from "../../sqlite/lock.ts";
import { nodeClock } from "../shared/clock.ts";
import { joinCluster } from "./cluster.ts";
import type { WitnessConfig } from "./config.ts";
import { adminListener } from "./http/admin.ts";
import { close, listen } from "./http/servers.ts";
import type { RunningHost, Starting } from "./running.ts";

const graceMs = 500;

/**
 * A process that only votes, so that an even number of regions has a majority when it is cut in half.
 *
 * @throws FolderLockedError, and an Error that names a taken port
 */
export const startWitness = async ({
  config,
  processId,
  log,
  onStop,
}: Starting<WitnessConfig>): Promise<RunningHost> => {
  const lock = lockFolder(config.stateDir);
  const cluster = joinCluster(config, nodeClock);
  const listener = adminListener({
    config,
    processId,
    log,
    voter: cluster.ownVoter,
    incarnation: () => 0,
    pull: null,
    routes: null,
    metrics: null,
    stop: onStop,
  });
  const server = await listen(config.host, config.adminPort, listener);
  return {
    stop: async () => {
      await close(server, graceMs);
      await cluster.close();
      lock.release();
    },
  };
};
