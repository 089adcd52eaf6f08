import type { PullReply, PullRequest } from "../../../core/ports.ts";
import type { EngineStore } from "../dispatch/store.ts";

/** More pages are not read for one who asks: the rest is there the next time. */
const mostPulls = 1_000;

/** Takes all that has arrived of other regions' journals into what is at hand. */
export const pullAll = async (
  { journal, peers }: EngineStore,
  { region, regions }: { readonly region: string; readonly regions: readonly string[] },
): Promise<void> => {
  for (const peer of regions.filter((each) => each !== region)) {
    for (let pulls = 0; pulls < mostPulls; pulls += 1) {
      const vectors = Object.fromEntries(journal.connectors().map((name) => [name, journal.vector(name)]));
      const request: PullRequest = { region, incarnation: 0, vectors, ready: false, reach: {}, waitMs: 0 };
      const reply = await new Promise<PullReply | null>((done) => peers.pull(peer, request, done));
      for (const segment of reply?.segments ?? []) {
        await new Promise<void>((done) => journal.apply(segment, () => done()));
      }
      if (reply?.more !== true) break;
    }
  }
};
