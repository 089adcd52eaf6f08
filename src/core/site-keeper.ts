import type { ConnectorSpec } from "../define/spec.ts";
import { parseCursor } from "./cursors.ts";
import type { DutiesConfig } from "./duties.ts";
import { pollHomeOf } from "./homes.ts";
import type { PartnerRegistry } from "./partner-registry.ts";
import type { RegionPolicy } from "./policy.ts";
import type { Done, Journal, Observer, WriteResult } from "./ports.ts";
import { callsTheirs, readingPlan } from "./reading-plan.ts";
import { type JournalRecord, journalName } from "./records.ts";
import type { Replication } from "./replication.ts";
import {
  alternatives,
  type ChosenSite,
  chosenSite,
  decideSite,
  homesOf,
  notSettledSince,
  readHomeOf,
  type SiteDecision,
  siteNames,
  verdictOn,
} from "./sites.ts";

type SiteKeeperConfig = Pick<DutiesConfig, "region" | "regions" | "mode">;

/** Decides for each connector which site of its partner is used, and writes it down for every region (rule 16). */
export class SiteKeeper {
  readonly #config: SiteKeeperConfig;
  readonly #policy: RegionPolicy;
  readonly #ports: { readonly journal: Journal; readonly observer: Observer };
  readonly #partners: PartnerRegistry;
  readonly #replication: Replication;
  readonly #write: (connector: string, records: readonly JournalRecord[], done: Done<WriteResult>) => void;
  /** Chains whose switch is being written. */
  readonly #writing = new Set<string>();

  constructor(
    config: SiteKeeperConfig,
    policy: RegionPolicy,
    ports: { readonly journal: Journal; readonly observer: Observer },
    partners: PartnerRegistry,
    replication: Replication,
    write: (connector: string, records: readonly JournalRecord[], done: Done<WriteResult>) => void,
  ) {
    this.#config = config;
    this.#policy = policy;
    this.#ports = ports;
    this.#partners = partners;
    this.#replication = replication;
    this.#write = write;
  }

  /** Switches every chain of the connector that has to be switched now. */
  consider(spec: ConnectorSpec): void {
    if (!callsTheirs(spec) || siteNames(spec.partner).length < 2) return;
    for (const chosen of this.chosen(spec)) {
      const decision = this.#decide(spec, chosen);
      if (decision.kind === "switch") this.switchTo(spec, chosen, decision.to, decision.reason);
    }
  }

  /** Of every chain of a connector that calls its partner the site in use. */
  chosen(spec: ConnectorSpec): readonly ChosenSite[] {
    const switches = this.#ports.journal.switches(spec.name);
    return this.#homes(spec).map((home) => chosenSite(home, switches));
  }

  #homes(spec: ConnectorSpec): readonly string[] {
    if (!callsTheirs(spec)) return [];
    if (spec.role === "send") return homesOf(spec.partner);
    return [readHomeOf(spec.partner, pollHomeOf(spec.name, this.#config))];
  }

  /** Every chain of a connector that calls its partner, with what is decided about it here now. */
  chains(spec: ConnectorSpec): readonly (ChosenSite & { readonly decision: SiteDecision })[] {
    return this.chosen(spec).map((chosen) => ({ ...chosen, decision: this.#decide(spec, chosen) }));
  }

  /** Of sites in use that fail, why they are not left; empty: none fails, or it is left. */
  whyHere(spec: ConnectorSpec): string {
    if (!callsTheirs(spec)) return "";
    const health = this.#partners.sourceOf(spec);
    const failing = this.chosen(spec).filter(({ site }) => health.knowledge(site).failingForMs !== null);
    const reasons = failing.map((chosen) => {
      const decision = this.#decide(spec, chosen);
      return decision.kind === "stay" ? decision.why : "";
    });
    return reasons.find((why) => why !== "") ?? "";
  }

  /** Moves a chain to a site; deliveries at the old one within the recovery point count as not settled (rule 17). */
  switchTo(spec: ConnectorSpec, chosen: ChosenSite, to: string, reason: string): void {
    const chain = `${spec.name}/${chosen.home}`;
    if (this.#writing.has(chain)) return;
    this.#writing.add(chain);
    this.#ports.journal.lastDeliveredAt(spec.name, chosen.site, (deliveredAt) => {
      const startedAt = this.#lastWellStartedAt(spec, chosen.site, deliveredAt);
      const { recoveryPointMs } = spec.partner.topology;
      const change = {
        kind: "switch",
        home: chosen.home,
        from: chosen.site,
        to,
        notSettledSince: notSettledSince(startedAt, recoveryPointMs, this.#policy.clockSkewMs),
        seq: chosen.seq + 1,
        reason,
      } as const;
      this.#write(spec.name, [change], (result) => {
        this.#writing.delete(chain);
        if (result.kind === "refused") return;
        const journal = journalName(this.#config.region, this.#ports.journal.incarnation);
        this.#ports.observer.observe({ kind: "switch", connector: spec.name, change: { ...change, journal } });
      });
    });
  }

  /**
   * Has sites probed that are in doubt, here or at a peer, or that a chain may return to; and those in use of a connector
   * that was lent, so that it can come back.
   */
  watch(specs: readonly ConnectorSpec[], isLent: (connector: string) => boolean): void {
    for (const spec of specs) {
      if (!callsTheirs(spec)) continue;
      const { partner } = spec;
      const doubted = siteNames(partner).filter((site) => this.#peersReach(partner.name, site).includes(false));
      const away = this.chosen(spec).flatMap(({ home, site }) => (site === home ? [] : [home]));
      this.#partners.sourceOf(spec).watch(doubted, isLent(spec.name) ? [...away, ...this.#inUse(spec)] : away);
    }
  }

  /** A region that reaches the sites in use, where the link from here has been bad for a while. */
  betterRegion(spec: ConnectorSpec): string | null {
    if (!callsTheirs(spec)) return null;
    const health = this.#partners.sourceOf(spec);
    const cut = this.#inUse(spec).some((site) => {
      const { failingForMs } = health.knowledge(site);
      const long = failingForMs !== null && failingForMs >= this.#policy.lendAfterMs;
      return long && this.#peersReach(spec.partner.name, site).includes(true);
    });
    const others = this.#config.regions.filter((region) => region !== this.#config.region);
    return cut ? (others.find((region) => this.reaches(region, spec)) ?? null) : null;
  }

  /** Whether a region said lately that it reaches every site in use. */
  reaches(region: string, spec: ConnectorSpec): boolean {
    return this.#inUse(spec).every((site) => this.#reachOf(region, spec.partner.name, site) === true);
  }

  #inUse(spec: ConnectorSpec): readonly string[] {
    return [...new Set(this.chosen(spec).map(({ site }) => site))];
  }

  #decide(spec: ConnectorSpec, chosen: ChosenSite): SiteDecision {
    const { partner } = spec;
    const health = this.#partners.sourceOf(spec);
    const { freshMs, homeStableMs } = this.#policy;
    const others = alternatives(partner, chosen).map((site) => ({ site, knowledge: health.knowledge(site) }));
    const peersReach = this.#peersReach(partner.name, chosen.site);
    const used = health.knowledge(chosen.site);
    // With no peer to ask, one failure does not make a dead site.
    const isSolo = peersReach.length === 0 && health.breaker(chosen.site).kind === "closed";
    if (used.failingForMs !== null && isSolo) return { kind: "stay", why: "its breaker is closed" };
    const verdict = verdictOn(
      used,
      peersReach,
      others.map(({ knowledge }) => knowledge),
      freshMs,
    );
    const acrossSites = readingPlan(spec)?.acrossSites;
    const question = { topology: partner.topology, chosen, verdict, others, freshMs, homeStableMs };
    return decideSite(acrossSites === undefined ? question : { ...question, acrossSites });
  }

  /** Of every peer that is reached: whether it reaches a site, null where it has not told lately. */
  #peersReach(partner: string, site: string): readonly (boolean | null)[] {
    return this.#config.regions
      .filter((region) => region !== this.#config.region && this.#replication.peers.reachable(region))
      .map((region) => this.#reachOf(region, partner, site));
  }

  /** Whether a peer reaches a site; null where it has not told lately. */
  #reachOf(region: string, partner: string, site: string): boolean | null {
    const { peers } = this.#replication;
    const reach = peers.reachable(region) ? peers.view(region)?.reach[`${partner}/${site}`] : undefined;
    return reach === undefined || reach.ageMs >= this.#policy.freshMs ? null : reach.ok;
  }

  /**
   * A delivery, or a page that was read, proves that its site was alive at the request's start, which is at most one
   * timeout before the answer.
   */
  #lastWellStartedAt(spec: ConnectorSpec, site: string, deliveredAt: number | null): number | null {
    const own = this.#partners.sourceOf(spec).lastWellStartedAt(site);
    const answeredAt = readingPlan(spec) === null ? deliveredAt : this.#lastPageAt(spec, site);
    if (answeredAt === null) return own;
    return Math.max(own ?? Number.NEGATIVE_INFINITY, answeredAt - spec.requestTimeoutMs);
  }

  #lastPageAt(spec: ConnectorSpec, site: string): number | null {
    const source = readingPlan(spec)?.source;
    const known = source === undefined ? null : this.#ports.journal.cursor(spec.name, source);
    const value = known === null ? null : parseCursor(known.value);
    return value?.site === site ? value.at : null;
  }
}
