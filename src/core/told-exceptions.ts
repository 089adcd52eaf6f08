import type { VoterReply } from "./ports.ts";
import { agreed, type VoterSets } from "./quorum.ts";

/** Live exceptions of other holders, as each voter told last under the present epoch. */
export class ToldExceptions {
  readonly #holder: string;
  readonly #voterSets: VoterSets;
  readonly #live = new Map<string, ReadonlySet<string>>();

  constructor(holder: string, voterSets: VoterSets) {
    this.#holder = holder;
    this.#voterSets = voterSets;
  }

  /** What was told under an earlier epoch does not count. */
  clear(): void {
    this.#live.clear();
  }

  hear(voter: string, { exceptions }: VoterReply): void {
    const live = Object.entries(exceptions).filter(
      ([, { holder, expired }]) => !expired && holder !== null && holder !== this.#holder,
    );
    this.#live.set(voter, new Set(live.map(([connector]) => connector)));
  }

  /** Whether a connector may be in another region's hands: not a majority of the voters says that it is not. */
  isLent(connector: string): boolean {
    const free = [...this.#live].filter(([, live]) => !live.has(connector)).map(([voter]) => voter);
    return !agreed(this.#voterSets, new Set(free));
  }
}
