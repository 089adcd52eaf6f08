import type { ConnectorSpec } from "../define/spec.ts";
import { backoffMs } from "./breaker.ts";
import type { DispatchPorts, DutyGrip } from "./dispatch-ports.ts";
import type { Answer, Delivery, Sending, Translation } from "./ports.ts";
import type { Outcome } from "./records.ts";
import type { ChosenSite } from "./sites.ts";
import { resolutionOf } from "./unknown.ts";
import type { Item } from "./window.ts";

/** Pseudo-site of the hub, the taker of every ingress connector. */
export const hubSite = "hub";

/** How far an entry was brought. */
export type Carried =
  | {
      readonly kind: "ended";
      readonly outcome: Outcome;
      readonly reason: string | null;
      /** The site that answered, null for the hub and where nothing was sent. */
      readonly chosen: ChosenSite | null;
    }
  /** To be tried again. */
  | { readonly kind: "later"; readonly afterMs: number }
  /** Not sent: the site rests, the budget is used up, or the duty goes. */
  | { readonly kind: "held" };

/** Brings one entry at a time from the journal to its taker and says what came of it (protocol rules 14 to 16). */
export class Courier {
  readonly #ports: DispatchPorts;
  readonly #grip: DutyGrip;
  /** Whether something new may be started: neither draining nor over. */
  readonly #mayStart: () => boolean;
  readonly #wakeAt: (monotonicMs: number) => void;
  readonly #startedAt: number;
  readonly #sendings = new Map<Item, Sending>();
  #spec: ConnectorSpec;
  #ended = false;

  constructor(
    spec: ConnectorSpec,
    ports: DispatchPorts,
    grip: DutyGrip,
    mayStart: () => boolean,
    wakeAt: (monotonicMs: number) => void,
  ) {
    this.#spec = spec;
    this.#ports = ports;
    this.#grip = grip;
    this.#mayStart = mayStart;
    this.#wakeAt = wakeAt;
    this.#startedAt = ports.clock.monotonicMs();
  }

  update(spec: ConnectorSpec): void {
    this.#spec = spec;
  }

  /** Ends what is under way; what comes back is still told. */
  stop(): void {
    this.#ended = true;
    for (const sending of [...this.#sendings.values()]) sending.abort();
  }

  /** Whether the taker takes anything now, where all keys share one site. If not, the dispatcher is woken when it may. */
  takerIsOpen(): boolean {
    const { partner, role } = this.#spec;
    if (role !== "send") return this.#admits(hubSite);
    if (partner.topology.mode === "active-active") return true;
    return this.#admits(this.#ports.chooseSite(this.#spec, "").site);
  }

  /** @param key the order key, null where there is none */
  carry(item: Item, key: string | null, done: (carried: Carried) => void): void {
    const suspicion = this.#resolveSuspicion(item);
    if (suspicion !== null) return done(suspicion);
    const chosen = this.#choose(item, key);
    if (!this.#admits(chosen?.site ?? hubSite)) return done({ kind: "held" });
    if (item.asks) return this.#ask(item, key, chosen, done);
    this.#translate(item, chosen, (translation) => {
      if (item.gone || !this.#mayStart()) return done({ kind: "held" });
      const now = this.#choose(item, key);
      // While it was translated the site may have changed, and others may have taken the room that there was.
      if (now?.site !== chosen?.site) return this.carry(item, key, done);
      if (!this.#admits(now?.site ?? hubSite)) return done({ kind: "held" });
      this.#hand(item, key, now, translation, done);
    });
  }

  #choose(item: Item, key: string | null): ChosenSite | null {
    return this.#spec.role === "send" ? this.#ports.chooseSite(this.#spec, key ?? item.entry.identity) : null;
  }

  /** What a former holder may have sent is not sent blindly to a taker that would act twice. */
  #resolveSuspicion(item: Item): Carried | null {
    const { onUnknown, role } = this.#spec;
    if (!item.suspect || role !== "send") return null;
    item.suspect = false;
    const resolution = resolutionOf(onUnknown);
    switch (resolution.kind) {
      case "again":
        return null;
      case "person":
        return { kind: "ended", outcome: "unknown", reason: "a region that was lost may have sent it", chosen: null };
      case "ask":
        item.asks = true;
        return { kind: "later", afterMs: this.#sinceStart(resolution.afterMs) };
    }
  }

  /** What a former holder sent was sent before this one began: one wait from then is enough for all of it. */
  #sinceStart(afterMs: number): number {
    return Math.max(0, this.#startedAt + afterMs - this.#ports.clock.monotonicMs());
  }

  #admits(site: string): boolean {
    const now = this.#ports.clock.monotonicMs();
    const pass = this.#ports.health.passage(site);
    const openAt = pass.kind === "rest" ? pass.untilMs : now + this.#ports.health.admit();
    if (openAt <= now) return true;
    this.#wakeAt(openAt);
    return false;
  }

  #translate(item: Item, chosen: ChosenSite | null, done: (translation: Translation) => void): void {
    const site = chosen?.site ?? null;
    if (item.translation !== null && item.translatedFor === site) return done(item.translation);
    this.#ports.translator.translate(this.#spec.name, item.entry, site, (translation) => {
      item.translation = translation;
      item.translatedFor = site;
      done(translation);
    });
  }

  #hand(
    item: Item,
    key: string | null,
    chosen: ChosenSite | null,
    translation: Translation,
    done: (carried: Carried) => void,
  ): void {
    if (translation.kind === "ignored") return done({ kind: "ended", outcome: "ignored", reason: null, chosen: null });
    if (translation.kind === "fault") {
      return done({ kind: "ended", outcome: "faulted", reason: translation.reason, chosen: null });
    }
    const startedAt = this.#ports.clock.wallMs();
    const site = chosen?.site ?? hubSite;
    item.attempts += 1;
    item.firstAttemptAt ??= startedAt;
    this.#ports.health.began(site);
    let answered = false;
    const sending = this.#ports.taker.send(this.#delivery(item, key, chosen, translation.output), (answer) => {
      answered = true;
      this.#sendings.delete(item);
      this.#ports.health.ended(site, answer, startedAt);
      done(this.#judge(item, chosen, answer));
    });
    if (!answered) this.#sendings.set(item, sending);
  }

  #delivery(item: Item, key: string | null, chosen: ChosenSite | null, output: unknown): Delivery {
    const { entry } = item;
    return {
      connector: this.#spec.name,
      site: chosen?.site ?? null,
      identity: entry.identity,
      round: entry.round,
      attempt: item.attempts,
      key,
      output,
      payload: entry.payload,
      duty: { region: this.#grip.duty, epoch: this.#grip.epoch },
      timeoutMs: this.#spec.requestTimeoutMs,
      mayWrite: () => !item.gone && !this.#ended && this.#grip.holds(),
    };
  }

  #judge(item: Item, chosen: ChosenSite | null, answer: Answer): Carried {
    switch (answer.verdict) {
      case "delivered":
        return { kind: "ended", outcome: "delivered", reason: null, chosen };
      case "fault":
        return { kind: "ended", outcome: "faulted", reason: answer.reason, chosen };
      case "wait":
      case "retry":
        return this.#again(item, chosen, answer);
      case "unknown":
        return this.#unknown(item, chosen, answer);
    }
  }

  #unknown(item: Item, chosen: ChosenSite | null, answer: Answer): Carried {
    // Whoever acts next asks the same question with more right: the entry stays open.
    if (this.#ended) return { kind: "held" };
    const resolution = resolutionOf(this.#spec.onUnknown);
    switch (resolution.kind) {
      case "again":
        return this.#again(item, chosen, answer);
      case "person":
        return { kind: "ended", outcome: "unknown", reason: answer.reason, chosen };
      case "ask":
        item.asks = true;
        return { kind: "later", afterMs: resolution.afterMs };
    }
  }

  #again(item: Item, chosen: ChosenSite | null, answer: Answer): Carried {
    const { giveUpAfterMs } = this.#spec.retry;
    const triedForMs = this.#ports.clock.wallMs() - (item.firstAttemptAt ?? this.#ports.clock.wallMs());
    if (giveUpAfterMs !== null && triedForMs >= giveUpAfterMs) {
      return { kind: "ended", outcome: "faulted", reason: `gave up: ${answer.reason}`, chosen };
    }
    return { kind: "later", afterMs: answer.waitMs ?? this.#backoff(item) };
  }

  #ask(item: Item, key: string | null, chosen: ChosenSite | null, done: (carried: Carried) => void): void {
    const site = chosen?.site ?? hubSite;
    const startedAt = this.#ports.clock.wallMs();
    item.attempts += 1;
    this.#ports.health.began(site);
    this.#ports.taker.lookup(this.#delivery(item, key, chosen, null), (found) => {
      const [verdict, against] =
        found === "unknown" ? (["unknown", "site"] as const) : (["delivered", "nobody"] as const);
      this.#ports.health.ended(site, { verdict, against, sent: false, waitMs: null, reason: "lookup" }, startedAt);
      switch (found) {
        case "found":
          return done({ kind: "ended", outcome: "delivered", reason: "found by lookup", chosen });
        case "not-found":
          item.asks = false;
          return done({ kind: "later", afterMs: 0 });
        case "unknown":
          return done({ kind: "later", afterMs: this.#backoff(item) });
      }
    });
  }

  #backoff(item: Item): number {
    return backoffMs(this.#spec.retry, Math.max(1, item.attempts), this.#ports.random);
  }
}
