import type { ConnectorSpec } from "../define/spec.ts";
import { AskedEpochs } from "./asked-epochs.ts";
import { Borrowed } from "./borrowed.ts";
import { Duty, type DutyPorts } from "./duty.ts";
import { dutyHomeOf, pollHomeOf } from "./homes.ts";
import { type DutyLease, Lease, type LeaseListener, type LeaseOptions } from "./lease.ts";
import { Loan, type LoanTerms } from "./loan.ts";
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

type InnerDutyPorts = Omit<DutyPorts, "lease" | "self" | "clock" | "journal" | "observer" | "timings" | "loan">;

interface Held {
  readonly lease: DutyLease;
  readonly duty: Duty;
}

/** Whoever keeps the leases of duties for this process; see `RegionPorts.leases`. */
export type LeasesOfDuties = (duty: string, listener: KeptLeaseListener) => DutyLease;

export interface KeptLeaseListener extends LeaseListener {
  /** The duty is to go home: what is under way is ended, marked in the journals, and the lease released. */
  recalled(): void;
}

/** Which regions reach the sites that a connector uses. */
export interface Links {
  /** The region to hand a connector to whose sites are not reached from here; null: none, or no need. */
  betterRegion(spec: ConnectorSpec): string | null;
  reaches(region: string, spec: ConnectorSpec): boolean;
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
    readonly leases?: LeasesOfDuties;
  };
  readonly #replication: Replication;
  /** Records that a returning home may lack when the adopter begins to hand back. */
  readonly #littleBehind: number;
  readonly #held = new Map<string, Held>();
  readonly #borrowed: Borrowed;
  readonly #dutyPorts: InnerDutyPorts;
  readonly #epochs = new AskedEpochs();
  #seeking = false;

  constructor(
    config: DutiesConfig,
    ports: {
      readonly clock: Clock;
      readonly random: Random;
      readonly journal: Journal;
      readonly voters: readonly Voter[];
      readonly observer: Observer;
      readonly leases?: LeasesOfDuties;
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
    this.#borrowed = new Borrowed({
      self: config.region,
      ttlMs: config.lease.ttlMs,
      journal: ports.journal,
      deployed: (connector) => dutyPorts.specs().find(({ spec }) => spec.name === connector),
      loan: (...asked) => this.#loan(...asked),
      write: dutyPorts.write,
    });
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
    const duty = new Duty(region, {
      ...this.#dutyPorts,
      self,
      clock,
      journal,
      observer,
      timings,
      lease,
      loan: (spec, paused, terms, ended) => this.#loan(spec, paused, terms, ended),
    });
    this.#held.set(region, { lease, duty });
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

  /** Whether what the connector has in the journals of a region is handed on here. */
  handsOn(connector: string, region: string): boolean {
    return this.#borrowed.acts(connector, region) || (this.#held.get(region)?.duty.actsOn(connector) ?? false);
  }

  /** Whether entries of the connector are handed on here, of whichever region. */
  actsOn(connector: string): boolean {
    return this.#borrowed.actsOn(connector) || this.#all().some((duty) => duty.actsOn(connector));
  }

  /** Whether the connector is in another region's hands for a link of ours, and comes back when that is good again. */
  hasLent(connector: string): boolean {
    return this.#all().some((duty) => duty.hasLent(connector));
  }

  seek(): void {
    this.#seeking = true;
    for (const { lease } of this.#held.values()) lease.seek();
  }

  /** Gives everything back; what is not acted for lapses. */
  stop(done: () => void): void {
    this.#borrowed.giveAllBack(() => this.#giveDutiesBack(done));
  }

  #giveDutiesBack(done: () => void): void {
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
    for (const loan of this.#borrowed.of(spec.name)) loan.update(spec, paused);
  }

  removeConnector(name: string): void {
    for (const duty of this.#all()) duty.removeConnector(name);
    this.#borrowed.endConnector(name);
  }

  accepted(connector: string, entry: OpenEntry): void {
    const { region } = this.#config;
    this.#held.get(region)?.duty.accepted(connector, entry);
    this.#borrowed.accepted(connector, region, entry);
    // Entries of another journal may wait for its number.
    if (entry.sequence !== null) this.#toldElsewhere(connector, entry);
  }

  #toldElsewhere(connector: string, entry: OpenEntry): void {
    const { region } = this.#config;
    for (const duty of this.#all()) if (duty.region !== region) duty.learned(connector, entry.journal, [entry]);
    for (const loan of this.#borrowed.of(connector)) loan.learned(entry.journal, [entry]);
  }

  learned(connector: string, journal: JournalName, records: readonly JournalRecord[]): void {
    for (const duty of this.#all()) duty.learned(connector, journal, records);
    for (const loan of this.#borrowed.of(connector)) loan.learned(journal, records);
    for (const record of records) {
      if (record.kind !== "handback" || record.to !== this.#config.region) continue;
      if (this.#held.get(record.duty)?.duty.state === "away") this.#borrowed.take(connector, journal, record);
    }
  }

  poke(connector: string): void {
    for (const duty of this.#all()) duty.poke(connector);
    for (const loan of this.#borrowed.of(connector)) loan.poke();
  }

  /** An adopter gives back what its home can take (protocol rule 22), where nobody else keeps its leases and says when. */
  considerReturns(): void {
    for (const [region, { duty }] of this.#held) {
      const home = dutyHomeOf(region, this.#config);
      if (home === this.#config.region || !duty.acts() || this.#ports.leases !== undefined) continue;
      if (this.#mayTake(home)) duty.giveBack(() => {});
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

  /** Whether a connector's calls to its partner are made here: sending for any duty, reading for the poll duty's. */
  callsFor(spec: ConnectorSpec): boolean {
    if (spec.role === "send") return this.actsOn(spec.name);
    return this.handsOn(spec.name, pollHomeOf(spec.name, this.#config));
  }

  /** Whether acting for a region's journals makes calls to the connector's partner. */
  #callsUnder(duty: string, spec: ConnectorSpec): boolean {
    return spec.role === "send" || duty === pollHomeOf(spec.name, this.#config);
  }

  /** Hands connectors whose link is bad here to a region that reaches their sites, and gives back what was lent. */
  considerLinks(links: Links): void {
    for (const { spec } of this.#dutyPorts.specs()) {
      const to = links.betterRegion(spec);
      if (to === null || !this.#mayTake(to)) continue;
      for (const duty of this.#all()) {
        if (duty.actsOn(spec.name) && this.#callsUnder(duty.region, spec)) duty.lend(spec.name, to);
      }
    }
    this.#borrowed.considerReturns((lender, spec) => this.#mayTake(lender) && links.reaches(lender, spec));
  }

  #loan(spec: ConnectorSpec, paused: boolean, terms: LoanTerms, ended: () => void): Loan {
    const { region, processId } = this.#config;
    const lease = { holder: `${region}/${processId}`, ...this.#leaseTerms() };
    return new Loan(spec, paused, { ...terms, lease }, { ...this.#ports, ...this.#dutyPorts, self: region }, ended);
  }

  #leaseTerms(): Pick<LeaseOptions, "timings" | "voterSets" | "epochs"> {
    const { lease: timings, voterSets } = this.#config;
    const all = { generation: 1, sets: [this.#ports.voters.map(({ name }) => name)] };
    return { timings, voterSets: voterSets ?? all, epochs: this.#epochs };
  }

  /** Whether a region is there and has read what it needs to go on here. */
  #mayTake(region: string): boolean {
    const { peers } = this.#replication;
    const ready = peers.reachable(region) && peers.view(region)?.ready === true;
    return ready && peers.behind(region, this.#ports.journal.connectors()) <= this.#littleBehind;
  }

  #all(): readonly Duty[] {
    return [...this.#held.values()].map(({ duty }) => duty);
  }

  #leaseOf(region: string): DutyLease {
    const { region: self, processId } = this.#config;
    const { clock, random, voters, leases } = this.#ports;
    if (leases !== undefined) return leases(region, this.#listenerOf(region));
    const home = dutyHomeOf(region, this.#config);
    const options = {
      duty: region,
      holder: `${self}/${processId}`,
      home: home === self,
      wants: () => home === self || (region === self && !this.#replication.peers.isReadBy(home)),
      ...this.#leaseTerms(),
    };
    return new Lease(options, clock, random, voters, this.#listenerOf(region));
  }

  #listenerOf(region: string): KeptLeaseListener {
    const { observer } = this.#ports;
    return {
      acquired: (epoch, handback, lastEpoch) => {
        observer.observe({ kind: "lease", duty: region, epoch, change: "acquired" });
        this.#borrowed.endOf(region);
        this.#held.get(region)?.duty.acquired(epoch, lastEpoch === 0 ? "nobody" : handback);
      },
      lapsed: (epoch) => {
        observer.observe({ kind: "lease", duty: region, epoch, change: "lapsed" });
        this.#held.get(region)?.duty.lapsed();
      },
      recalled: () => this.#held.get(region)?.duty.giveBack(() => {}),
    };
  }
}
