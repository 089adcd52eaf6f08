import type { PartnerSpec } from "../define/spec.ts";
import {
  afterFailure,
  afterSuccess,
  afterTrialBegan,
  type BreakerPolicy,
  type BreakerState,
  closedBreaker,
  type Passage,
  passage,
} from "./breaker.ts";
import type { Answer, Clock, Done, Observer, Random, Reach, Timer } from "./ports.ts";
import { type SiteKnowledge, siteNames } from "./sites.ts";

/** `room`: something that was in flight has ended; `health`: a site is judged otherwise, or it is time to look again. */
export type PartnerChange = "room" | "health";

export interface PartnerPolicy {
  readonly breaker: BreakerPolicy;
  /** Between two probes of a site that is in doubt, or that could be switched to. */
  readonly probeEveryMs: number;
  /** In flight at once to one partner where it states no limit. */
  readonly concurrency: number;
}

/** So many good probes with no request between them close a breaker: a site that nothing goes to is judged by them. */
const probesThatTell = 3;

interface SiteHealth {
  breaker: BreakerState;
  /** A wait that the site asked for. Monotonic, ms. */
  waitUntil: number;
  lastWellAt: number | null;
  wellSince: number | null;
  /** Wall clock of the start of the latest request or probe that was answered well. */
  lastWellStartedAt: number | null;
  /** Start of the latest request or probe that failed. Monotonic, ms. */
  failedStartedAt: number | null;
  probing: boolean;
  /** Probes answered in a row since the last failure. */
  goodProbes: number;
}

/** Everything of one partner that its connectors in a region share: breakers, probes, rate (design: partner). */
export class PartnerHealth {
  readonly name: string;
  readonly #policy: PartnerPolicy;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #observer: Observer;
  readonly #probe: (site: string, done: Done<boolean>) => void;
  readonly #changed: (what: PartnerChange) => void;
  readonly #sites = new Map<string, SiteHealth>();
  #spec: PartnerSpec;
  #tokens: number;
  #refilledAt: number;
  #inFlight = 0;
  /** Slow start: how many may be in flight now. */
  #allowed = 1;
  #prober: Timer | null = null;
  /** Somebody was refused because of what is in flight. */
  #starved = false;

  constructor(
    spec: PartnerSpec,
    policy: PartnerPolicy,
    ports: { readonly clock: Clock; readonly random: Random; readonly observer: Observer },
    probe: (site: string, done: Done<boolean>) => void,
    changed: (what: PartnerChange) => void,
  ) {
    this.name = spec.name;
    this.#spec = spec;
    this.#policy = policy;
    this.#clock = ports.clock;
    this.#random = ports.random;
    this.#observer = ports.observer;
    this.#probe = probe;
    this.#changed = changed;
    this.#tokens = spec.rate?.burst ?? 0;
    this.#refilledAt = ports.clock.monotonicMs();
  }

  update(spec: PartnerSpec): void {
    this.#spec = spec;
  }

  stop(): void {
    this.#prober?.cancel();
  }

  passage(site: string): Passage {
    const now = this.#clock.monotonicMs();
    const { breaker, waitUntil } = this.#site(site);
    return now < waitUntil ? { kind: "rest", untilMs: waitUntil } : passage(breaker, now);
  }

  /** Takes one request of the budget; otherwise how long to wait, in milliseconds (Infinity: until one ends). */
  admit(): number {
    if (this.#inFlight >= this.#concurrency()) {
      this.#starved = true;
      return Number.POSITIVE_INFINITY;
    }
    const { rate } = this.#spec;
    if (rate === undefined) return 0;
    const now = this.#clock.monotonicMs();
    const perMs = rate.limit / rate.perMs;
    this.#tokens = Math.min(rate.burst, this.#tokens + (now - this.#refilledAt) * perMs);
    this.#refilledAt = now;
    return this.#tokens >= 1 ? 0 : Math.ceil((1 - this.#tokens) / perMs);
  }

  began(site: string): void {
    this.#inFlight += 1;
    if (this.#spec.rate !== undefined) this.#tokens -= 1;
    const health = this.#site(site);
    if (health.breaker.kind === "open") health.breaker = afterTrialBegan(health.breaker);
  }

  /** @param startedAt wall clock of the request's start, in milliseconds */
  ended(site: string, answer: Answer, startedAt: number): void {
    this.#inFlight -= 1;
    this.#judge(site, answer, startedAt);
    if (!this.#starved) return;
    this.#starved = false;
    this.#changed("room");
  }

  #judge(site: string, answer: Answer, startedAt: number): void {
    const failed = answer.verdict === "retry" || answer.verdict === "unknown";
    if (answer.against === "us") return this.#undecided(site);
    if (failed && answer.against !== "event") return this.#failed(site, answer.reason, startedAt, answer.against);
    this.#allowed = Math.min(this.#ceiling(), this.#allowed + 1);
    if (answer.verdict === "wait" && answer.waitMs !== null) {
      this.#site(site).waitUntil = this.#clock.monotonicMs() + answer.waitMs;
    }
    this.#well(site, startedAt);
  }

  knowledge(site: string): SiteKnowledge {
    const now = this.#clock.monotonicMs();
    const { breaker, lastWellAt, wellSince, failedStartedAt } = this.#site(site);
    return {
      failingForMs: breaker.failingSince === null ? null : now - breaker.failingSince,
      failedAgeMs: failedStartedAt === null ? null : now - failedStartedAt,
      wellAgeMs: lastWellAt === null ? null : now - lastWellAt,
      wellForMs: breaker.failingSince !== null || wellSince === null ? 0 : now - wellSince,
    };
  }

  lastWellStartedAt(site: string): number | null {
    return this.#site(site).lastWellStartedAt;
  }

  breaker(site: string): BreakerState {
    return this.#site(site).breaker;
  }

  /** What peers are told: sites heard of lately, named `<partner>/<site>`. */
  reach(): Reach {
    const now = this.#clock.monotonicMs();
    const reach: Record<string, { ok: boolean; ageMs: number }> = {};
    for (const [site, { breaker, lastWellAt }] of this.#sites) {
      if (breaker.failingSince !== null) reach[`${this.name}/${site}`] = { ok: false, ageMs: 0 };
      else if (lastWellAt !== null) reach[`${this.name}/${site}`] = { ok: true, ageMs: now - lastWellAt };
    }
    return reach;
  }

  /**
   * Probes sites that are in doubt, and all others of the partner while one is, so that a switch finds its target known.
   *
   * @param doubted sites that a peer does not reach
   * @param away sites that chains have left and may return to
   */
  watch(doubted: readonly string[], away: readonly string[]): void {
    const names = siteNames(this.#spec);
    const failing = names.some((site) => this.#site(site).breaker.failingSince !== null);
    const wanted = failing || doubted.length > 0 ? names : away;
    if (wanted.length === 0 || this.#prober !== null) return;
    for (const site of wanted) this.#probeSite(site);
    const pause = this.#policy.probeEveryMs * (0.75 + this.#random() / 4);
    this.#prober = this.#clock.after(pause, () => {
      this.#prober = null;
      this.#changed("health");
    });
  }

  #probeSite(site: string): void {
    const health = this.#site(site);
    if (health.probing) return;
    health.probing = true;
    const startedAt = this.#clock.wallMs();
    this.#probe(site, (ok) => {
      health.probing = false;
      if (!ok) return this.#failed(site, "a probe was not answered", startedAt);
      health.goodProbes += 1;
      // A site that answers probes but fails requests stays in doubt, unless no request is there to tell.
      const idle = health.goodProbes >= probesThatTell;
      const { consecutiveFailures, reason } = health.breaker;
      if (consecutiveFailures === 0 || reason === "a probe was not answered" || idle) this.#well(site, startedAt);
      else if (health.breaker.kind === "open") {
        health.breaker = { ...health.breaker, retryAt: Math.min(health.breaker.retryAt, this.#clock.monotonicMs()) };
        this.#changed("health");
      }
    });
  }

  #well(site: string, startedAt: number): void {
    const health = this.#site(site);
    const now = this.#clock.monotonicMs();
    const changed = health.breaker.kind !== "closed";
    health.breaker = afterSuccess();
    health.lastWellAt = now;
    health.wellSince ??= now;
    health.lastWellStartedAt = Math.max(health.lastWellStartedAt ?? Number.NEGATIVE_INFINITY, startedAt);
    if (!changed) return;
    this.#tell(site);
    this.#changed("health");
  }

  #failed(site: string, reason: string, startedAt: number, against: Answer["against"] = "site"): void {
    const health = this.#site(site);
    const now = this.#clock.monotonicMs();
    const before = health.breaker.kind;
    const lasted = Math.max(0, this.#clock.wallMs() - startedAt);
    health.failedStartedAt = Math.max(health.failedStartedAt ?? Number.NEGATIVE_INFINITY, now - lasted);
    health.breaker = afterFailure(health.breaker, this.#policy.breaker, now, reason, against);
    health.wellSince = null;
    health.goodProbes = 0;
    this.#allowed = 1;
    if (health.breaker.kind !== before) this.#tell(site);
    this.#changed("health");
  }

  /** A trial that says nothing of the site leaves the breaker open for the next one. */
  #undecided(site: string): void {
    const health = this.#site(site);
    if (health.breaker.kind === "half-open") health.breaker = { ...health.breaker, kind: "open" };
    this.#changed("health");
  }

  #tell(site: string): void {
    const { kind, reason } = this.#site(site).breaker;
    this.#observer.observe({ kind: "breaker", partner: this.name, site, state: kind, reason });
  }

  #ceiling(): number {
    return this.#spec.rate?.concurrency ?? this.#policy.concurrency;
  }

  #concurrency(): number {
    return Math.min(this.#ceiling(), this.#allowed);
  }

  #site(site: string): SiteHealth {
    let health = this.#sites.get(site);
    if (health === undefined) {
      health = {
        breaker: closedBreaker,
        waitUntil: 0,
        lastWellAt: null,
        wellSince: null,
        lastWellStartedAt: null,
        failedStartedAt: null,
        probing: false,
        goodProbes: 0,
      };
      this.#sites.set(site, health);
    }
    return health;
  }
}
