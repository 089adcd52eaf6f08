import type { ConnectorSpec } from "../define/spec.ts";
import type { AcceptAnswer, Acceptor } from "./acceptor.ts";
import { parseCursor } from "./cursors.ts";
import { type Gap, GapWatch } from "./gap-watch.ts";
import { pollHomeOf } from "./homes.ts";
import type { PartnerRegistry } from "./partner-registry.ts";
import type { RegionPolicy } from "./policy.ts";
import type { GapQuestions, PollPorts, PollReport } from "./poller-ports.ts";
import type { AcceptInput, Clock, Journal, Observer, Random, Source } from "./ports.ts";
import { readingPlan } from "./reading-plan.ts";
import type { JournalRecord } from "./records.ts";
import type { RegionConfig } from "./region-ports.ts";
import type { Replication } from "./replication.ts";
import { Rereads } from "./rereads.ts";
import { chosenSite, readHomeOf } from "./sites.ts";

export interface PollStatus {
  /** `elsewhere`: another region polls, or none. */
  readonly state: PollReport["state"] | "elsewhere";
  /** The site in use. */
  readonly site: string;
  /** Why it does not read, in words; empty where there is nothing to say. */
  readonly why: string;
  /** Why the site in use is not left although it fails; empty: it does not fail, or it is left. */
  readonly stays: string;
  /** How long ago the cursor was given that is known here; null: none was. Milliseconds. */
  readonly cursorAgeMs: number | null;
  /** Wall clock, ms; null: not by this process. */
  readonly lastReadAt: number | null;
  /** Wall clock, ms; null: not by this process, or that has no time. */
  readonly nextReadAt: number | null;
}

export interface GapStatus {
  /** Numbers that never came, since the process started: of a partner, or of what is ours to send. */
  readonly missing: number;
  /** The oldest of them. */
  readonly gaps: readonly (Pick<Gap, "series" | "from" | "to" | "state"> & { readonly forMs: number })[];
}

export interface PollsPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly journal: Journal;
  readonly observer: Observer;
  readonly partners: PartnerRegistry;
  readonly replication: Replication;
  readonly acceptor: Acceptor;
  source(connector: string): Source;
  /** As it is deployed now; undefined: it is not. */
  spec(connector: string): ConnectorSpec | undefined;
  isIngress(connector: string): boolean;
  actsFor(region: string): boolean;
}

/** Gaps that a status lists of one connector. */
const gapsShown = 20;

/** Nobody reads for the connector any more, so that nobody asks again. */
const removed: AcceptAnswer = { kind: "refused", reason: "starting", retryAfterMs: 1_000 };

/** What a region knows of its connectors that read, whoever polls: how they are doing, and what is missing. */
export class Polls {
  readonly #config: RegionConfig;
  readonly #policy: RegionPolicy;
  readonly #ports: PollsPorts;
  readonly #reports = new Map<string, PollReport>();
  readonly #watches = new Map<string, GapWatch>();
  readonly #rereads = new Map<string, Rereads>();

  constructor(config: RegionConfig, policy: RegionPolicy, ports: PollsPorts) {
    this.#config = config;
    this.#policy = policy;
    this.#ports = ports;
  }

  /**
   * Records that became known, from here or from a peer. What is ours to send is not numbered by a partner: who sends it
   * tells what is missing of it.
   */
  saw(connector: string, records: readonly JournalRecord[]): void {
    if (!this.#ports.isIngress(connector)) return this.#cameLate(connector, records);
    const now = this.#ports.clock.monotonicMs();
    for (const record of records) {
      if (record.kind === "entry" && record.sequence !== null) this.#watch(connector).saw(record.sequence, now);
    }
  }

  #cameLate(connector: string, records: readonly JournalRecord[]): void {
    const watch = this.#watches.get(connector);
    if (watch === undefined) return;
    for (const record of records) {
      if (record.kind === "entry" && record.sequence !== null) watch.came(record.sequence);
    }
  }

  /** What follows these numbers was sent without them. */
  passed(connector: string, series: string, from: number, to: number): void {
    this.#watch(connector).passed(series, from, to, this.#ports.clock.monotonicMs());
  }

  /** Part of what was read was known: it may be known with other content. */
  repeated(spec: ConnectorSpec, inputs: readonly AcceptInput[]): void {
    if (readingPlan(spec) === null || inputs.length === 0) return;
    const { name } = spec;
    const rereads = this.#rereads.get(name) ?? new Rereads((input, done) => this.#compare(name, input, done));
    this.#rereads.set(name, rereads);
    rereads.add(inputs);
  }

  /** What is known is not accepted once more: it is compared, and a conflict is listed. */
  #compare(connector: string, input: AcceptInput, done: (conflict: boolean) => void): void {
    const spec = this.#ports.spec(connector);
    if (spec === undefined || !this.#ports.isIngress(connector)) return done(false);
    this.#ports.acceptor.accept(spec, input, (answer) => done(answer.kind === "repeated" && answer.conflict));
  }

  forget(connector: string): void {
    this.#rereads.delete(connector);
    this.#reports.delete(connector);
    this.#watches.delete(connector);
  }

  portsOf(spec: ConnectorSpec): PollPorts {
    const { name } = spec;
    const { clock, random, journal, observer, partners } = this.#ports;
    const home = pollHomeOf(name, this.#config);
    return {
      home,
      rules: { ...this.#policy.poll, clockSkewMs: this.#policy.clockSkewMs },
      clock,
      random,
      journal,
      observer,
      source: this.#ports.source(name),
      health: partners.sourceOf(spec),
      gaps: this.#gapQuestions(name),
      chooseSite: () => {
        const { partner } = this.#ports.spec(name) ?? spec;
        return chosenSite(readHomeOf(partner, home), journal.switches(name));
      },
      accept: (...page) => this.#take(name, ...page),
      whenDurable: (done) => this.#ports.acceptor.whenDurable(this.#ports.spec(name) ?? spec, done),
      tell: (report) => {
        if (report === null) this.#reports.delete(name);
        else this.#reports.set(name, report);
      },
    };
  }

  #take(connector: string, ...[inputs, cursor, done]: Parameters<PollPorts["accept"]>): void {
    const take = (): void => {
      const spec = this.#ports.spec(connector);
      if (spec === undefined) done(removed);
      else this.#ports.acceptor.acceptBatch(spec, inputs, cursor, done);
    };
    const spec = this.#ports.spec(connector);
    // Another region may have been given it by the partner: what that has is known first.
    if (spec !== undefined && readingPlan(spec)?.isPushedToo === true) this.#ports.replication.refresh(take);
    else take();
  }

  /** null: the connector reads nothing. @param stays why the site in use is not left although it fails */
  status(spec: ConnectorSpec, stays: string): PollStatus | null {
    const plan = readingPlan(spec);
    if (plan === null) return null;
    const { clock, journal } = this.#ports;
    const report = this.#reports.get(spec.name);
    const known = journal.cursor(spec.name, plan.source);
    const { cursor = null, at = 0 } = known === null ? {} : parseCursor(known.value);
    const home = readHomeOf(spec.partner, pollHomeOf(spec.name, this.#config));
    return {
      state: report?.state ?? "elsewhere",
      site: chosenSite(home, journal.switches(spec.name)).site,
      why: report?.why ?? "",
      stays,
      cursorAgeMs: cursor === null ? null : clock.wallMs() - at,
      lastReadAt: report?.lastReadAt ?? null,
      nextReadAt: report?.nextReadAt ?? null,
    };
  }

  gaps(connector: string): GapStatus {
    const gaps = this.#watches.get(connector)?.gaps ?? [];
    const now = this.#ports.clock.monotonicMs();
    return {
      missing: gaps.reduce((sum, { from, to }) => sum + to - from + 1, 0),
      gaps: gaps
        .slice(0, gapsShown)
        .map(({ since, series, from, to, state }) => ({ series, from, to, state, forMs: now - since })),
    };
  }

  #gapQuestions(connector: string): GapQuestions {
    const watch = this.#watch(connector);
    const dueAt = (): number => {
      const at = watch.dueAt();
      if (!this.#mayBeElsewhere()) return at;
      return Math.max(at, this.#ports.clock.monotonicMs() + this.#policy.poll.gapAfterMs);
    };
    return { dueAt, asked: () => watch.asked(), concluded: () => watch.concluded() };
  }

  /** What is missing may stand in the journal of a region that is not reached and acts by itself. */
  #mayBeElsewhere(): boolean {
    const { region: self, regions } = this.#config;
    const others = regions.filter((region) => region !== self && !this.#ports.actsFor(region));
    return others.some((region) => !this.#ports.replication.peers.reachable(region));
  }

  #watch(connector: string): GapWatch {
    const watch = this.#watches.get(connector) ?? new GapWatch(this.#policy.poll.gapAfterMs);
    this.#watches.set(connector, watch);
    return watch;
  }
}
