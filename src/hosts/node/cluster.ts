import { join } from "node:path";
import type { Clock, Peers, Voter } from "../../core/ports.ts";
import { VoterState } from "../../core/voter.ts";
import { voterFile } from "../../voter/file/rows.ts";
import type { HostConfig } from "./config.ts";
import { PeerClient } from "./peers/client.ts";

/** The other processes of the environment, and the voter that lives in this one. */
export interface Cluster {
  readonly voters: readonly Voter[];
  /** The voter that others ask here; null: this process has none. */
  readonly ownVoter: Voter | null;
  readonly peers: Peers;
  close(): Promise<void>;
}

export const joinCluster = (config: HostConfig, clock: Clock): Cluster => {
  const { voters, peers, peerToken, lease, region, outboundProxy } = config;
  const client = new PeerClient({
    token: peerToken,
    requestTimeoutMs: lease.requestTimeoutMs,
    ...(outboundProxy === undefined ? {} : { proxy: outboundProxy }),
  });
  const others = Object.entries(voters)
    .filter(([name]) => name !== region)
    .map(([name, url]) => client.voter(name, url));
  const ownVoter = region in voters ? voterHere(config, clock, others) : null;
  return {
    voters: ownVoter === null ? others : [ownVoter, ...others],
    ownVoter,
    peers: client.peers(peers),
    close: () => client.close(),
  };
};

const voterHere = (config: HostConfig, clock: Clock, others: readonly Voter[]): Voter => {
  const { stateDir, region, regions, lease, voterSets } = config;
  const file = voterFile(join(stateDir, "voter.json"));
  return new VoterState(region, lease, clock, file.load(), file.persist, others, regions, voterSets);
};
