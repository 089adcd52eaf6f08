import type { ConnectorSpec } from "../define/spec.ts";
import { type AcceptAnswer, type AcceptInput, Acceptor } from "./acceptor.ts";
import { Duties } from "./duties.ts";
import { Feeds } from "./feeds.ts";
import { Housekeeper } from "./housekeeper.ts";
import { Operator } from "./operator.ts";
import { PartnerRegistry } from "./partner-registry.ts";
import { type RegionPolicy, regionPolicy } from "./policy.ts";
import { Polls } from "./polls.ts";
import type {
  Done,
  FeedAnswer,
  FeedReading,
  OpenEntry,
  PullReply,
  PullRequest,
  Segment,
  Sending,
  WriteResult,
} from "./ports.ts";
import { Pruner } from "./pruner.ts";
import type { JournalName, JournalRecord } from "./records.ts";
import type { RegionConfig, RegionPorts } from "./region-ports.ts";
import { Replication } from "./replication.ts";
import { isUndone } from "./settlement.ts";
import { SiteKeeper } from "./site-keeper.ts";
import { chosenSite, homeOf } from "./sites.ts";
import { Starter } from "./starter.ts";
import { type RegionStatus, statusOf } from "./status.ts";
import type { WorkPorts } from "./work.ts";

export type { RegionConfig, RegionPorts } from "./region-ports.ts";

interface Deployed {
  readonly spec: ConnectorSpec;
  readonly paused: boolean;
}

const isIngress = (spec: ConnectorSpec | undefined): boolean => spec?.role === "receive" || spec?.role === "poll";

/** One region's gateway: everything that protocol.md asks of it, over ports. */
export class Region {
  readonly config: RegionConfig;
  readonly #ports: RegionPorts;
  readonly #policy: RegionPolicy;
  readonly #connectors = new Map<string, Deployed>();
  readonly #replication: Replication;
  readonly #acceptor: Acceptor;
  readonly #partners: PartnerRegistry;
  readonly #siteKeeper: SiteKeeper;
  readonly #starter: Starter;
  readonly #duties: Duties;
  readonly #polls: Polls;
  readonly #feeds: Feeds;
  readonly operator: Operator;
  readonly #housekeeper: Housekeeper;

  constructor(config: RegionConfig, ports: RegionPorts) {
    this.config = config;
    this.#ports = ports;
    this.#policy = config.policy ?? regionPolicy;
    const { clock, journal } = ports;
    const others = config.regions.filter((region) => region !== config.region);
    this.#partners = new PartnerRegistry(this.#policy, ports, (partner, what) =>
      this.#housekeeper.partnerChanged(partner, what),
    );
    this.#replication = new Replication(
      config.region,
      others,
      this.#policy.replication,
      ports,
      () => ({ ready: this.#starter.ready, reach: this.#partners.reach() }),
      { applied: (segment) => this.#applied(segment), heard: () => this.#heard() },
    );
    this.#starter = new Starter(config, ports, others, this.#replication, () => this.#duties.seek());
    this.#acceptor = this.#newAcceptor();
    this.#siteKeeper = new SiteKeeper(config, this.#policy, ports, this.#partners, this.#replication, this.#write);
    this.#polls = this.#newPolls();
    const feedPorts = {
      ...ports,
      write: this.#write,
      releasable: (...asked: Parameters<WorkPorts["releasable"]>) => this.#releasable(...asked),
      begun: () => this.#starter.begun,
    };
    this.#feeds = new Feeds(feedPorts, this.#policy.feed, this.#policy.dispatch.storeRetryMs);
    this.operator = new Operator(clock, journal, this.#write);
    this.#duties = this.#newDuties();
    this.#housekeeper = this.#newHousekeeper();
  }

  /** Meets the peers, catches up, then asks for the duties. */
  start(): void {
    this.#replication.start();
    this.#starter.start();
    this.#housekeeper.start();
  }

  /** Starts nothing new, lets requests end, gives duties back, then calls `done`. What is held lapses by itself. */
  stop(done: () => void): void {
    this.#housekeeper.stop();
    this.#feeds.stop();
    this.#duties.stop(() => {
      this.#partners.stop();
      this.#replication.finish(done);
    });
  }

  setConnector(spec: ConnectorSpec, paused = false): void {
    this.#connectors.set(spec.name, { spec, paused });
    this.#partners.use(spec);
    this.#feeds.set(spec);
    this.#duties.setConnector(spec, paused);
  }

  removeConnector(name: string): void {
    this.#connectors.delete(name);
    this.#duties.removeConnector(name);
    this.#partners.forget(name);
    this.#polls.forget(name);
    this.#feeds.remove(name);
  }

  accept(connector: string, input: AcceptInput, done: Done<AcceptAnswer>): void {
    this.#acceptor.accept(this.#spec(connector), input, done);
  }

  /** Accepts what a source had up to a cursor, and the cursor, as one unit. */
  acceptBatch(
    connector: string,
    inputs: readonly AcceptInput[],
    cursor: { readonly source: string; readonly value: string },
    done: Done<AcceptAnswer>,
  ): void {
    this.#acceptor.acceptBatch(this.#spec(connector), inputs, { ...cursor, epoch: 0 }, done);
  }

  /** Records of the region's own journals that another process wrote to the store they share. */
  took(segment: Segment): void {
    this.#applied(segment);
  }

  /** Serves a reader of a feed, until it goes. Needs no lease. */
  readFeed(connector: string, reading: FeedReading, done: Done<FeedAnswer>): Sending {
    return this.#feeds.read(this.#spec(connector), this.#connectors.get(connector)?.paused === true, reading, done);
  }

  onPull(request: PullRequest, done: Done<PullReply>): void {
    this.#replication.serve(request, done);
  }

  /** Whether it may accept at all: its journal is open for writing. */
  get begun(): boolean {
    return this.#starter.begun;
  }

  /** Whether this region acts for the journals of a region now. */
  acts(duty: string): boolean {
    return this.#duties.actsFor(duty);
  }

  /** Whether this region hands on what one connector has in the journals of a region, now. */
  handsOn(connector: string, duty: string): boolean {
    return this.#duties.handsOn(connector, duty);
  }

  status(): RegionStatus {
    return statusOf({
      config: this.config,
      clock: this.#ports.clock,
      journal: this.#ports.journal,
      ready: this.#starter.ready,
      duties: this.#duties,
      replication: this.#replication,
      partners: this.#partners,
      siteKeeper: this.#siteKeeper,
      polls: this.#polls,
      feeds: this.#feeds,
      connectors: [...this.#connectors.values()],
    });
  }

  #spec(connector: string): ConnectorSpec {
    const deployed = this.#connectors.get(connector);
    if (deployed === undefined) throw new Error(`no connector '${connector}' is deployed in ${this.config.region}`);
    return deployed.spec;
  }

  #workPorts(spec: ConnectorSpec): WorkPorts {
    const { clock, random, journal, translator, observer } = this.#ports;
    return {
      clock,
      random,
      journal,
      translator,
      observer,
      taker: this.#ports.taker(spec.name),
      health: this.#partners.of(spec),
      write: this.#write,
      chooseSite: ({ name, partner }, key) => chosenSite(homeOf(partner, key), journal.switches(name)),
      releasable: (current, entry) => this.#releasable(current, entry),
      passed: (...numbers) => this.#polls.passed(...numbers),
      poll: this.#polls.portsOf(spec),
      outcomes: (...asked) => this.#feeds.outcomes(...asked),
    };
  }

  #releasable(spec: ConnectorSpec, { journal, position }: OpenEntry): boolean {
    const own = journal.startsWith(`${this.config.region}.`);
    if (spec.durability === "regional" || this.#replicatesByItself || !own) return true;
    return this.#replication.peers.heldElsewhere(spec.name, journal) >= position || this.#acceptor.accountsAlone(spec);
  }

  /** What is here is elsewhere already, or has no elsewhere. */
  get #replicatesByItself(): boolean {
    return this.config.store === "shared" || this.config.regions.length === 1;
  }

  readonly #write = (connector: string, records: readonly JournalRecord[], done: Done<WriteResult>): void => {
    this.#ports.journal.write(connector, records, (result) => {
      if (result.kind === "written") this.#wrote(connector, result.journal, records);
      done(result);
    });
  };

  #accepted(spec: ConnectorSpec, entry: OpenEntry): void {
    this.#polls.saw(spec.name, [entry]);
    this.#duties.accepted(spec.name, entry);
    this.#feeds.woken(spec.name);
    this.#replication.wake(spec.durability === "replicated");
  }

  #wrote(connector: string, journal: JournalName, records: readonly JournalRecord[]): void {
    this.#duties.learned(connector, journal, records);
    this.#feeds.learned(connector, records);
    this.#replication.wake(false);
  }

  #applied(segment: Segment): void {
    const records = segment.records.map(({ record }) => record);
    this.#polls.saw(segment.connector, records);
    this.#duties.learned(segment.connector, segment.journal, records);
    this.#feeds.learned(segment.connector, records);
    this.#replication.wake(false);
  }

  #heard(): void {
    this.#starter.heard();
    this.#acceptor.acknowledged();
    this.#housekeeper.heard();
  }

  #newAcceptor(): Acceptor {
    const { clock, journal, translator } = this.#ports;
    return new Acceptor({
      region: this.config.region,
      clock,
      journal,
      translator,
      acknowledgeTimeoutMs: this.config.lease.requestTimeoutMs,
      mayAccept: (ordered) => (ordered ? this.#starter.ready : this.#starter.begun),
      anyPeerReachable: () => this.#replication.peers.anyReachable(),
      hasPeers: () => !this.#replicatesByItself,
      heldElsewhere: (connector, name) => this.#replication.peers.heldElsewhere(connector, name),
      accepted: (spec, entry) => this.#accepted(spec, entry),
      repeated: (spec, inputs) => this.#polls.repeated(spec, inputs),
      wrote: (connector, name, records) => this.#wrote(connector, name, records),
    });
  }

  #newPolls(): Polls {
    return new Polls(this.config, this.#policy, {
      ...this.#ports,
      partners: this.#partners,
      replication: this.#replication,
      acceptor: this.#acceptor,
      spec: (connector) => this.#connectors.get(connector)?.spec,
      isIngress: (connector) => isIngress(this.#connectors.get(connector)?.spec),
      actsFor: (region) => this.#duties.actsFor(region),
    });
  }

  #newDuties(): Duties {
    const { journal } = this.#ports;
    return new Duties(this.config, this.#ports, this.#replication, this.#policy.littleBehind, {
      rules: this.#policy.dispatch,
      specs: () => [...this.#connectors.values()],
      workPorts: (spec) => this.#workPorts(spec),
      refresh: (done) => this.#replication.refresh(done),
      write: this.#write,
      isUndone: (connector, settlement) => isUndone(settlement, journal.switches(connector)),
    });
  }

  #newHousekeeper(): Housekeeper {
    return new Housekeeper(this.config, {
      clock: this.#ports.clock,
      specs: () => [...this.#connectors.values()].map(({ spec }) => spec),
      partners: this.#partners,
      replication: this.#replication,
      siteKeeper: this.#siteKeeper,
      duties: this.#duties,
      feeds: this.#feeds,
      pruner: new Pruner(this.#policy, this.#ports, this.#replication, this.#write),
    });
  }
}
