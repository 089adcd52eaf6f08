import type { HttpPollSpec, PartnerSpec, TopologySpec } from "../define/spec.ts";
import { type KnownSwitch, rulingSwitch } from "./settlement.ts";

/** Site that a chain of keys uses now, and the switch that says so (0 before any). */
export interface ChosenSite {
  readonly home: string;
  readonly site: string;
  readonly seq: number;
}

/** Sites in the order in which the definition names them. */
export const siteNames = (partner: PartnerSpec): readonly string[] => Object.keys(partner.sites);

/** FNV-1a, 32 bits: spreads keys over sites alike in every region. */
export const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value >>> 0;
};

/**
 * The chain a key belongs to: the primary, or for an active-active partner the site that the key hashes to (without a
 * key: the identity does).
 */
export const homeOf = (partner: PartnerSpec, key: string): string => {
  const sites = siteNames(partner);
  const { topology } = partner;
  if (topology.mode === "primary-secondary") return topology.primary;
  return sites[hash(key) % sites.length] ?? "main";
};

export const chosenSite = (home: string, switches: readonly KnownSwitch[]): ChosenSite => {
  const ruling = rulingSwitch(home, switches);
  return ruling === undefined ? { home, site: home, seq: 0 } : { home, site: ruling.to, seq: ruling.seq };
};

/** The chains of a partner: one, or one per site. */
export const homesOf = (partner: PartnerSpec): readonly string[] =>
  partner.topology.mode === "primary-secondary" ? [partner.topology.primary] : siteNames(partner);

/**
 * The one chain of a connector that reads: what is read at one site is not read at another. Of an active-active partner
 * it is at home at the site that is nearest to the region that reads, as far as the sites say where they are.
 */
export const readHomeOf = (partner: PartnerSpec, region: string): string => {
  if (partner.topology.mode === "primary-secondary") return partner.topology.primary;
  const names = siteNames(partner);
  return names.find((site) => partner.sites[site]?.region === region) ?? names[0] ?? "main";
};

/** Where a chain may go instead of the site it uses, best first. */
export const alternatives = (partner: PartnerSpec, chosen: ChosenSite): readonly string[] =>
  partner.topology.mode === "primary-secondary"
    ? [partner.topology.primary, partner.topology.secondary]
        .filter((site) => site !== null && site !== chosen.site)
        .filter((site) => site !== null)
    : siteNames(partner).filter((site) => site !== chosen.site);

/** What one region knows of one site. Ages in milliseconds, null where there is no such knowledge. */
export interface SiteKnowledge {
  /** Since the first failure after the last good answer; null while it answers well. */
  readonly failingForMs: number | null;
  /** Since the start of the latest request or probe that failed. */
  readonly failedAgeMs: number | null;
  /** Since the last good answer to a request or probe. */
  readonly wellAgeMs: number | null;
  /** How long every answer has been good; 0 while failing. */
  readonly wellForMs: number;
}

export type Verdict =
  | { readonly kind: "well" }
  /** The site does not answer us but answers a peer, or nothing of theirs answers us. */
  | { readonly kind: "link"; readonly why: string }
  | { readonly kind: "theirs"; readonly since: number };

/**
 * Whose trouble it is when a site fails for us. A dead site is only believed with a good link: every peer that we reach
 * says that it does not reach the site either, and we reach another site of theirs, which has answered since this one
 * fails, and which this one has failed beside: when a link goes or comes, the sites are not seen to in the same moment.
 *
 * @param peersReach of every peer that we reach, whether it reaches the site; null where it has not told lately
 */
export const verdictOn = (
  site: SiteKnowledge,
  peersReach: readonly (boolean | null)[],
  otherSites: readonly SiteKnowledge[],
  freshMs: number,
): Verdict => {
  const { failingForMs, failedAgeMs } = site;
  if (failingForMs === null) return { kind: "well" };
  if (peersReach.includes(true)) return { kind: "link", why: "a peer reaches the site" };
  if (peersReach.includes(null)) return { kind: "link", why: "a peer has not told yet" };
  const others = otherSites.filter((one) => isWell(one, freshMs));
  if (others.length === 0) return { kind: "link", why: "no site of the partner answers here" };
  const beside = others.some(
    ({ wellAgeMs, wellForMs }) =>
      wellAgeMs !== null && wellAgeMs <= failingForMs && failedAgeMs !== null && failedAgeMs <= wellForMs,
  );
  if (!beside) return { kind: "link", why: "it has not failed beside a site that answers" };
  return { kind: "theirs", since: failingForMs };
};

export type SiteDecision =
  /** `inMs`: if it goes on so, it is left after this long; absent: time alone does not lead to it. */
  | { readonly kind: "stay"; readonly why: string; readonly inMs?: number }
  | { readonly kind: "switch"; readonly to: string; readonly reason: string };

export interface SiteQuestion {
  readonly topology: TopologySpec;
  readonly chosen: ChosenSite;
  readonly verdict: Verdict;
  /** Sites that the chain may use instead, best first, as known here. */
  readonly others: readonly { readonly site: string; readonly knowledge: SiteKnowledge }[];
  readonly freshMs: number;
  /** An active-active partner's site takes its keys back after it was well this long. */
  readonly homeStableMs: number;
  /** Of a connector that reads: whether its cursor is good at another site. Absent: nothing is read. */
  readonly acrossSites?: HttpPollSpec["acrossSites"];
}

/** Whether a chain changes its site now (protocol rule 16). Failback is a switch like any other. */
export const decideSite = (question: SiteQuestion): SiteDecision => {
  const decision = decideByVerdict(question);
  if (decision.kind === "stay" || question.acrossSites !== "refuse") return decision;
  return { kind: "stay", why: `${decision.reason}, but its cursor is good at no other site (acrossSites: refuse)` };
};

const decideByVerdict = (question: SiteQuestion): SiteDecision => {
  const { verdict } = question;
  switch (verdict.kind) {
    case "well":
      return decideFailback(question);
    case "link":
      return { kind: "stay", why: `the link is bad: ${verdict.why}` };
    case "theirs":
      return decideFailover(question, verdict.since);
  }
};

const decideFailover = (question: SiteQuestion, failingForMs: number): SiteDecision => {
  const { topology, others, freshMs } = question;
  const afterMs = topology.mode === "active-active" ? 0 : topology.failoverAfterMs;
  if (afterMs === null) return { kind: "stay", why: "failover is by hand" };
  if (failingForMs < afterMs) {
    return { kind: "stay", why: `fails for ${failingForMs} ms of ${afterMs} ms`, inMs: afterMs - failingForMs };
  }
  const target = others.find(({ knowledge }) => isWell(knowledge, freshMs));
  if (target === undefined) return { kind: "stay", why: "no other site answers" };
  return { kind: "switch", to: target.site, reason: `${question.chosen.site} failed for ${failingForMs} ms` };
};

const decideFailback = (question: SiteQuestion): SiteDecision => {
  const { topology, chosen, others, freshMs, homeStableMs } = question;
  if (chosen.site === chosen.home) return { kind: "stay", why: "at home" };
  const stableMs =
    topology.mode === "active-active"
      ? homeStableMs
      : topology.failback.kind === "stable"
        ? topology.failback.forMs
        : null;
  if (stableMs === null) return { kind: "stay", why: "failback is by hand" };
  const home = others.find(({ site }) => site === chosen.home);
  if (home === undefined || !isWell(home.knowledge, freshMs)) return { kind: "stay", why: "home does not answer" };
  const { wellForMs } = home.knowledge;
  if (wellForMs < stableMs)
    return { kind: "stay", why: `home is well for ${wellForMs} ms`, inMs: stableMs - wellForMs };
  return { kind: "switch", to: chosen.home, reason: `${chosen.home} has been well for ${wellForMs} ms` };
};

const isWell = (knowledge: SiteKnowledge, freshMs: number): boolean =>
  knowledge.failingForMs === null && knowledge.wellAgeMs !== null && knowledge.wellAgeMs < freshMs;

/** Since when deliveries at a site that is left do not count as settled (protocol rule 17). Wall clock, ms. */
export const notSettledSince = (lastWellStartedAt: number | null, recoveryPointMs: number, marginMs: number): number =>
  lastWellStartedAt === null ? 0 : lastWellStartedAt - recoveryPointMs - marginMs;
