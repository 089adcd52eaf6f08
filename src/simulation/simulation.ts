import type { AcceptInput } from "../core/acceptor.ts";
import { noSource } from "../core/no-source.ts";
import type { Observation, Source } from "../core/ports.ts";
import { homeOf } from "../core/sites.ts";
import { Aftercare } from "./aftercare.ts";
import { contentOf, sequenceOf } from "./content.ts";
import { Facts } from "./facts.ts";
import { begin, end, type Injured } from "./faults.ts";
import { FeedReader } from "./feed-reader.ts";
import type { Finding } from "./finding.ts";
import { Giver, type Giving } from "./giver.ts";
import { Host, type Surroundings, type Wrapping } from "./host.ts";
import { HubFeed } from "./hub-feed.ts";
import { HubQueue } from "./hub-queue.ts";
import { judge } from "./judge.ts";
import { identityOf, type Ledgers, type Read } from "./ledgers.ts";
import { Network } from "./network.ts";
import { Partner } from "./partner.ts";
import { Person } from "./person.ts";
import { Machine } from "./process.ts";
import { dice } from "./random.ts";
import { type Gift, machinesOf, type Schedule, sitesOf } from "./schedule-model.ts";
import { SourceBook } from "./source-book.ts";
import { PartnerSource } from "./sources.ts";
import { partnerSpec } from "./specs.ts";
import { TableService } from "./table-service.ts";
import { HubTaker, PartnerTaker } from "./takers.ts";
import { leaseTimings } from "./timings.ts";
import { World } from "./world.ts";

/** How long a giver waits for an answer, in milliseconds: longer than a region may take to replicate. */
const giverTimeoutMs = 7_000;

export interface Run {
  readonly schedule: Schedule;
  readonly findings: readonly Finding[];
  readonly ledgers: Ledgers;
  readonly facts: Facts;
  /** What the regions reported, in order, with true times. */
  readonly log: readonly string[];
  /** Changes with anything that left a region or that a region reported. */
  readonly trace: number;
  /** What the run cost: happenings, and virtual milliseconds. */
  readonly happenings: number;
  readonly virtualMs: number;
}

/** Runs one schedule to its end and judges it. The same schedule gives the same run. */
export const simulate = (schedule: Schedule, wrapping: Wrapping = {}): Run => new Simulation(schedule, wrapping).run();

class Simulation {
  readonly #schedule: Schedule;
  readonly #world = new World();
  readonly #ledgers: Ledgers = {
    given: new Map(),
    writes: [],
    reads: [],
    servings: [],
    decisions: [],
    lapses: [],
    moves: [],
    endings: new Map(),
  };
  readonly #log: string[] = [];
  readonly #facts = new Facts();
  readonly #injured: Injured & { readonly hosts: Map<string, Host> };
  readonly #giver: Giver;
  readonly #aftercare: Aftercare;
  readonly #books = new Map<string, SourceBook>();
  readonly #feeds = new Map<string, HubFeed>();
  readonly #queue: HubQueue;

  constructor(schedule: Schedule, wrapping: Wrapping) {
    this.#schedule = schedule;
    const { shape } = schedule;
    const root = dice(schedule.seed).fork("run");
    const world = this.#world;
    const facts = this.#facts;
    const ways = { near: shape.weather, link: shape.link, sites: sitesOf(shape.partner) };
    const calm = (): boolean => world.now >= schedule.healedAt;
    const network = new Network(world, root.fork("network"), ways, facts, calm);
    const partner = new Partner(world, network, root.fork("partner"), shape.partner, facts);
    const hosts = new Map<string, Host>();
    const machineOf = (name: string): Machine | undefined => hosts.get(name)?.machine;
    const tables = new TableService({ world, network, dice: root.fork("tables"), shape, calm, machineOf });
    this.#injured = { schedule, hosts, network, partner, tables, hubFails: new Map(), facts };
    const around: Surroundings = {
      world,
      network,
      schedule,
      dice: root.fork("hosts"),
      hosts,
      tables,
      takerOf: (machine, connector) => this.#takerOf(machine, connector),
      sourceOf: (machine, connector) => this.#sourceOf(machine, connector),
      observe: (machine, event) => this.#observe(machine, event),
      wrapping,
    };
    for (const name of machinesOf(shape)) {
      const clock = shape.clocks[name] ?? { rate: 1, wallDrifts: false, wallOffsetMs: 0 };
      hosts.set(name, new Host(new Machine(name, world, clock), around));
    }
    for (const { name, poll } of shape.connectors) {
      if (poll === null) continue;
      const book = new SourceBook({
        world,
        partner,
        facts,
        dice: root.fork(`book ${name}`),
        shape: shape.partner,
        poll,
      });
      this.#books.set(name, book);
    }
    this.#giver = new Giver(world, partner, this.#books, facts, schedule, this.#ledgers, (giving, done) =>
      this.#give(giving, done),
    );
    this.#queue = new HubQueue(world, root.fork("hub"));
    this.#aftercare = new Aftercare(this.#injured, this.#ledgers, this.#giver, this.#books);
  }

  run(): Run {
    const { faults, healedAt, gifts } = this.#schedule;
    for (const host of this.#injured.hosts.values()) host.start();
    for (const fault of faults) {
      this.#world.at(fault.at, () => begin(fault, this.#injured));
      this.#world.at(fault.until, () => end(fault, this.#injured));
    }
    this.#giver.start();
    for (const reader of this.#readers()) reader.start();
    const lastGift = gifts.at(-1)?.at ?? 0;
    this.#world.runUntil(Math.max(healedAt, lastGift));
    this.#untilQuiet(healedAt);
    const findings = judge(this.#schedule, this.#ledgers, this.#aftercare.aftermath());
    return {
      schedule: this.#schedule,
      findings,
      ledgers: this.#ledgers,
      facts: this.#facts,
      log: this.#log,
      trace: this.#trace(),
      happenings: this.#world.ran,
      virtualMs: this.#world.now,
    };
  }

  #readers(): readonly FeedReader[] {
    const { network, partner, hosts, facts } = this.#injured;
    const { shape } = this.#schedule;
    const at = { world: this.#world, ledgers: this.#ledgers, network, partner, hosts, facts, shape };
    return shape.connectors.flatMap(
      ({ name, feed }) => feed?.readers.map((reader) => new FeedReader(at, name, reader, feed)) ?? [],
    );
  }

  #untilQuiet(healedAt: number): void {
    const person = new Person(this.#world, this.#ledgers, this.#injured.partner);
    const deadline = this.#world.now + convergeWithinMs;
    while (this.#world.now < deadline) {
      this.#world.runUntil(this.#world.now + 500);
      if (this.#world.now < healedAt + 6_000) continue;
      for (const host of this.#injured.hosts.values()) person.look(host);
      if (this.#aftercare.restless() !== null) continue;
      const effects = this.#effects();
      this.#world.runUntil(this.#world.now + this.#quietMs());
      if (this.#effects() > effects) this.#aftercare.found("converges", "something was sent again when all was quiet");
      return;
    }
    this.#aftercare.found("converges", `after ${convergeWithinMs} ms: ${this.#aftercare.restless() ?? "restless"}`);
  }

  /** A gap in their numbering is looked into some time after it shows, and what that brings makes the next quiet. */
  #quietMs(): number {
    return this.#schedule.shape.connectors.some(({ reconcile }) => reconcile === "gap") ? 0 : 1_500;
  }

  #effects(): number {
    return this.#ledgers.writes.length + this.#ledgers.servings.length;
  }

  #give({ from, region, gift, payload }: Giving, done: (acknowledged: boolean) => void): void {
    const host = this.#injured.hosts.get(region);
    if (host === undefined) return done(false);
    const connector = this.#schedule.shape.connectors.find(({ name }) => name === gift.connector);
    const input = {
      identity: identityOf(gift),
      key: this.#keyOf(gift),
      sequence: sequenceOf(gift),
      payload,
    };
    if (connector?.subscribes) return this.#feedOf(host, gift.connector).publish(input, () => done(true));
    if (this.#schedule.shape.hub === "unordered") {
      return this.#queue.deliver(
        (taken) => this.#call(from, host, gift, input, taken),
        () => done(true),
      );
    }
    this.#call(from, host, gift, input, done);
  }

  #call(from: Machine, host: Host, gift: Gift, input: AcceptInput, done: (acknowledged: boolean) => void): void {
    const { name: region } = host.machine;
    this.#injured.network.call<boolean>(
      from,
      host.machine,
      giverTimeoutMs,
      (reply) => {
        if (this.#trusts(region, gift))
          host.accept(gift.connector, input, (answer) => reply(answer.kind !== "refused"));
        else reply(false);
      },
      (acknowledged) => this.#heard(gift, acknowledged === true, done),
      gift,
    );
  }

  #trusts(region: string, { site }: Gift): boolean {
    return site === null || this.#injured.partner.refusal(region, site) === undefined;
  }

  /** A site that is slow has given up waiting before it reads the answer. */
  #heard({ site }: Gift, acknowledged: boolean, done: (acknowledged: boolean) => void): void {
    const slowMs = site === null ? 0 : this.#injured.partner.slownessMs(site);
    if (slowMs === 0) return done(acknowledged);
    this.#facts.count(`slow ${site}`);
    this.#world.after(slowMs, () => done(acknowledged && slowMs < leaseTimings.requestTimeoutMs));
  }

  #feedOf(host: Host, connector: string): HubFeed {
    const name = `${host.machine.name} ${connector}`;
    const feed = this.#feeds.get(name) ?? new HubFeed(this.#world, host, connector);
    this.#feeds.set(name, feed);
    return feed;
  }

  /** Only the translation of an ingress message knows its key. */
  #keyOf(gift: Gift): string | null {
    const connector = this.#schedule.shape.connectors.find(({ name }) => name === gift.connector);
    return connector?.role === "send" || connector?.role === "feed" ? gift.key : null;
  }

  #takerOf(machine: Machine, connector: string): HubTaker | PartnerTaker {
    const { network, partner, hubFails } = this.#injured;
    const at = {
      world: this.#world,
      network,
      machine,
      ledgers: this.#ledgers,
      written: () => this.#aftercare.looksAtHolders(this.#ledgers.writes.at(-1)),
    };
    const shape = this.#schedule.shape.connectors.find(({ name }) => name === connector);
    if (shape?.role !== "send") return new HubTaker(at, () => (hubFails.get(machine.name) ?? 0) > 0);
    const spec = partnerSpec(this.#schedule.shape.partner);
    return new PartnerTaker(at, partner, ({ identity, key, payload }) => ({
      connector,
      identity,
      mind: contentOf(payload).fate === "refused" ? "refuse" : "take",
      large: contentOf(payload).large,
      home: homeOf(spec, key ?? identity),
    }));
  }

  #sourceOf(machine: Machine, connector: string): Source {
    const { network, partner } = this.#injured;
    const book = this.#books.get(connector);
    const poll = this.#schedule.shape.connectors.find(({ name }) => name === connector)?.poll;
    if (book === undefined || poll == null) return noSource;
    const reads = (read: Read): void => {
      this.#ledgers.reads.push(read);
      this.#aftercare.looksAtHolders(read);
    };
    return new PartnerSource({ world: this.#world, network, machine, reads }, partner, book, poll);
  }

  #observe(machine: Machine, event: Observation): void {
    const move = event.kind === "duty" ? event.state : event.kind;
    if (move === "acting" || move === "switch") {
      this.#ledgers.moves.push({ at: this.#world.now, machine: machine.name, kind: move });
    }
    if (event.kind === "lease" && event.change === "lapsed") {
      this.#ledgers.lapses.push({ at: this.#world.now, duty: event.duty, epoch: event.epoch });
    }
    if (event.kind === "settled") this.#ledgers.endings.set(event.settlement.identity, event.settlement.outcome);
    this.#log.push(`${Math.round(this.#world.now)} ${machine.name} ${told(event)}`);
  }

  #trace(): number {
    let hash = 0x811c9dc5;
    const add = (text: string): void => {
      for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    };
    for (const line of this.#log) add(line);
    for (const { at, machine, identity, takenAt } of this.#ledgers.writes)
      add(`${at} ${machine} ${identity} ${takenAt}`);
    return hash >>> 0;
  }
}

/** All must be quiet so long after the last fault and the last gift, in milliseconds. */
const convergeWithinMs = 60_000;

const told = (event: Observation): string => {
  switch (event.kind) {
    case "lease":
      return `lease ${event.duty} ${event.epoch} ${event.change}`;
    case "duty":
      return `duty ${event.duty} ${event.epoch} ${event.state}`;
    case "incarnation":
      return `incarnation ${event.incarnation}: ${event.reason}`;
    case "settled":
      return `settled ${event.connector} ${event.settlement.identity} ${event.settlement.outcome} at ${event.settlement.site ?? "hub"}`;
    case "switch":
      return `switch ${event.connector} ${event.change.home}: ${event.change.from} to ${event.change.to}, not settled since ${Math.round(event.change.notSettledSince)}`;
    case "cursor":
      return `cursor ${event.connector} at ${event.site} ${event.change}: ${event.detail}`;
    case "gap":
      return `gap ${event.connector} ${event.identity}: ${event.detail}`;
    case "breaker":
      return `breaker ${event.site} ${event.state}: ${event.reason}`;
    case "store":
      return `store ${event.state}`;
  }
};
