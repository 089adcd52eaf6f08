import type { ConnectorSpec } from "../define/spec.ts";
import { Duty, type DutyPorts } from "./duty.ts";
import { Lease } from "./lease.ts";
import type { Clock, Journal, Observer, OpenEntry, Random, Voter } from "./ports.ts";
import type { VoterSets } from "./quorum.ts";
import { type JournalName, type JournalRecord, journalParts } from "./records.ts";
import type { Replication } from "./replication.ts";
import type { LeaseTimings } from "./timings.ts";
import { journalsIn } from "./vector.ts";

export interface DutiesConfig {
  readonly region: string;
  /** Ordered; in primary-secondary the first is the primary. */
  readonly regions: readonly string[];
  readonly mode: "active-active" | "primary-secondary";
  /** Random for each start of the process. */
  readonly processId: string;
  readonly lease: LeaseTimings;
  /** Default: all voters of the ports in one set, generation 1. */
  readonly voterSets?: VoterSets;
}

type InnerDutyPorts = Omit<DutyPorts, "lease" | "self" | "clock" | "journal" | "observer" | "timings">;

interface Held {
  readonly lease: Lease;
  readonly duty: Duty;
}

/** A lease and a duty per region of the environment: who acts for whose journals. */
export class Duties {
  readonly #config: DutiesConfig;
  readonly #ports: {
    readonly clock: Clock;
    readonly random: Random;
    readonly journal: Journal;
    readonly voters: readonly Voter[];
    readonly observer: Observer;
  };
  readonly #replication: Replication;
  /** Records that a returning home may lack when the adopter begins to hand back. */
  readonly #littleBehind: number;
  readonly #held = new Map<string, Held>();
  readonly #dutyPorts: InnerDutyPorts;
  #seeking = false;

  constructor(
    config: DutiesConfig,
    ports: {
      readonly clock: Clock;
      readonly random: Random;
      readonly journal: Journal;
      readonly voters: readonly Voter[];
      readonly observer: Observer;
    },
    replication: Replication,
    littleBehind: number,
    dutyPorts: InnerDutyPorts,
  ) {
    this.#config = config;
    this.#ports = ports;
    this.#replication = replication;
    this.#littleBehind = littleBehind;
    this.#dutyPorts = dutyPorts;
    for (const region of config.regions) this.#add(region);
    this.includeRemoved();
  }

  /** Journals of a region that the environment no longer names are acted for until nothing of them is open. */
  includeRemoved(): void {
    const { journal } = this.#ports;
    for (const connector of journal.connectors()) {
      for (const name of journalsIn(journal.vector(connector))) {
        const { region } = journalParts(name);
        if (this.#held.has(region)) continue;
        this.#add(region);
        if (this.#seeking) this.#held.get(region)?.lease.seek();
      }
    }
  }

  #add(region: string): void {
    const lease = this.#leaseOf(region);
    const { clock, journal, observer } = this.#ports;
    const { region: self, lease: timings } = this.#config;
    this.#held.set(region, {
      lease,
      duty: new Duty(region, { ...this.#dutyPorts, self, clock, journal, observer, timings, lease }),
    });
  }

  of(region: string): Held | undefined {
    return this.#held.get(region);
  }

  entries(): IterableIterator<[string, Held]> {
    return this.#held.entries();
  }

  actsFor(region: string): boolean {
    return this.#held.get(region)?.duty.acts() ?? false;
  }

  actsAtAll(): boolean {
    return this.#all().some((duty) => duty.acts());
  }

  seek(): void {
    this.#seeking = true;
    for (const { lease } of this.#held.values()) lease.seek();
  }

  /** Gives everything back; what is not acted for lapses. */
  stop(done: () => void): void {
    let open = this.#held.size;
    for (const { duty, lease } of this.#held.values()) {
      duty.giveBack(() => {
        lease.stop();
        open -= 1;
        if (open === 0) done();
      });
    }
  }

  setConnector(spec: ConnectorSpec, paused: boolean): void {
    for (const duty of this.#all()) duty.setConnector(spec, paused);
  }

  removeConnector(name: string): void {
    for (const duty of this.#all()) duty.removeConnector(name);
  }

  accepted(connector: string, entry: OpenEntry): void {
    this.#held.get(this.#config.region)?.duty.accepted(connector, entry);
  }

  learned(connector: string, journal: JournalName, records: readonly JournalRecord[]): void {
    for (const duty of this.#all()) duty.learned(connector, journal, records);
  }

  poke(connector: string): void {
    for (const duty of this.#all()) duty.poke(connector);
  }

  /** An adopter gives back what its home can take (protocol rule 22). */
  considerReturns(): void {
    for (const [region, { duty }] of this.#held) {
      const home = this.#homeOf(region);
      if (home === this.#config.region || !duty.acts()) continue;
      const ready = this.#replication.peers.reachable(home) && this.#replication.peers.view(home)?.ready === true;
      const lacks = this.#replication.peers.behind(home, this.#ports.journal.connectors());
      if (ready && lacks <= this.#littleBehind) duty.giveBack(() => {});
    }
  }

  /**
   * A holder that cannot read the duty's region lets go of it (protocol rule 8), where somebody else is there to take
   * it: with nobody who wants it, letting go would only stop the flow.
   */
  considerBlindness(): void {
    for (const [region, { duty, lease }] of this.#held) {
      if (region === this.#config.region || duty.state === "away" || !lease.wanted) continue;
      if (this.#replication.peers.unansweredMs(region) >= this.#config.lease.ttlMs) lease.forgo();
    }
  }

  #all(): readonly Duty[] {
    return [...this.#held.values()].map(({ duty }) => duty);
  }

  /** In primary-secondary all duties are at home at the primary; so are those of regions that were removed. */
  #homeOf(region: string): string {
    const { mode, regions } = this.#config;
    return mode === "active-active" && regions.includes(region) ? region : (regions[0] ?? region);
  }

  #leaseOf(region: string): Lease {
    const { region: self, processId, lease: timings } = this.#config;
    const { clock, random, voters, observer } = this.#ports;
    const home = this.#homeOf(region);
    const options = {
      duty: region,
      holder: `${self}/${processId}`,
      home: home === self,
      wants: () => home === self || (region === self && !this.#replication.peers.isReadBy(home)),
      timings,
      voterSets: this.#config.voterSets ?? { generation: 1, sets: [voters.map(({ name }) => name)] },
    };
    return new Lease(options, clock, random, voters, {
      acquired: (epoch, handback) => {
        observer.observe({ kind: "lease", duty: region, epoch, change: "acquired" });
        this.#held.get(region)?.duty.acquired(epoch, handback);
      },
      lapsed: (epoch) => {
        observer.observe({ kind: "lease", duty: region, epoch, change: "lapsed" });
        this.#held.get(region)?.duty.lapsed();
      },
    });
  }
}
