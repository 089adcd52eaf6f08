import type { ConnectorSpec } from "../define/spec.ts";
import type { BreakerState, Passage } from "./breaker.ts";
import type { Duties } from "./duties.ts";
import type { Duty } from "./duty.ts";
import type { Feeds, ReaderStatus } from "./feeds.ts";
import type { PartnerRegistry } from "./partner-registry.ts";
import type { GapStatus, PollStatus, Polls } from "./polls.ts";
import type { Clock, Journal, Ledger } from "./ports.ts";
import { callsTheirs } from "./reading-plan.ts";
import type { Replication } from "./replication.ts";
import type { SiteKeeper } from "./site-keeper.ts";
import { siteNames } from "./sites.ts";

export interface DutyStatus {
  readonly state: Duty["state"];
  /** Epoch held here; null where another region, or none, holds it. */
  readonly epoch: number | null;
  /** How long the lease still runs, in milliseconds. */
  readonly remainingMs: number;
}

export interface PeerStatus {
  readonly reachable: boolean;
  readonly ready: boolean;
  /** Records that the peer lacks of what is held here; null while it was not heard. */
  readonly behind: number | null;
}

export interface SiteStatus {
  readonly breaker: BreakerState["kind"];
  readonly failingForMs: number | null;
  readonly reason: string;
  /** How long nothing goes to it, in milliseconds; 0: it may; null: until the trial under way has ended. */
  readonly restMs: number | null;
}

/** One chain of sites, as the region that tells it would decide now. */
export interface ChainStatus {
  readonly site: string;
  /** Why it is not left; empty: it is being left. */
  readonly stays: string;
  /** If it goes on so, it is left after this long, in milliseconds; null: time alone does not lead to it. */
  readonly switchInMs: number | null;
}

export interface ConnectorStatus {
  readonly role: ConnectorSpec["role"];
  readonly partner: string;
  readonly paused: boolean;
  readonly ledger: Ledger;
  /** Site in use per chain (`home`). Empty where we do not call the partner. */
  readonly sites: Readonly<Record<string, string>>;
  /** The same with what is decided about them, per chain (`home`). */
  readonly chains: Readonly<Record<string, ChainStatus>>;
  /** Regions for whose journals the connector is acted for here. */
  readonly actsFor: readonly string[];
  /** null: the connector reads nothing. */
  readonly poll: PollStatus | null;
  /** What is missing of the partner's numbering. */
  readonly gaps: GapStatus;
  /** Readers of a feed by name; empty of other connectors. */
  readonly readers: Readonly<Record<string, ReaderStatus>>;
}

export interface RegionStatus {
  readonly environment: string;
  readonly mode: string;
  readonly region: string;
  readonly incarnation: number;
  readonly ready: boolean;
  readonly wallMs: number;
  readonly duties: Readonly<Record<string, DutyStatus>>;
  readonly peers: Readonly<Record<string, PeerStatus>>;
  /** By `<partner>/<site>`. */
  readonly sites: Readonly<Record<string, SiteStatus>>;
  readonly connectors: Readonly<Record<string, ConnectorStatus>>;
}

export interface StatusSources {
  readonly config: {
    readonly environment: string;
    readonly mode: string;
    readonly region: string;
    readonly regions: readonly string[];
  };
  readonly clock: Clock;
  readonly journal: Journal;
  readonly ready: boolean;
  readonly duties: Duties;
  readonly replication: Replication;
  readonly partners: PartnerRegistry;
  readonly siteKeeper: SiteKeeper;
  readonly polls: Polls;
  readonly feeds: Feeds;
  readonly connectors: readonly { readonly spec: ConnectorSpec; readonly paused: boolean }[];
}

/** Everything that `isthmus status` shows of one region, as plain JSON. */
export const statusOf = (sources: StatusSources): RegionStatus => {
  const { config, clock, journal, ready, connectors } = sources;
  const { environment, mode, region } = config;
  return {
    environment,
    mode,
    region,
    incarnation: journal.incarnation,
    ready,
    wallMs: clock.wallMs(),
    duties: dutiesOf(sources),
    peers: peersOf(sources),
    sites: sitesOf(sources),
    connectors: Object.fromEntries(
      connectors.map(({ spec, paused }) => [spec.name, connectorOf(spec, paused, sources)]),
    ),
  };
};

const dutiesOf = ({ duties }: StatusSources): Record<string, DutyStatus> =>
  Object.fromEntries(
    [...duties.entries()].map(([region, { duty, lease }]) => [
      region,
      { state: duty.state, epoch: lease.epoch, remainingMs: lease.remainingMs() },
    ]),
  );

const peersOf = ({ config, replication, journal }: StatusSources): Record<string, PeerStatus> =>
  Object.fromEntries(
    config.regions
      .filter((peer) => peer !== config.region)
      .map((peer) => {
        const behind = replication.peers.behind(peer, journal.connectors());
        return [
          peer,
          {
            reachable: replication.peers.reachable(peer),
            ready: replication.peers.view(peer)?.ready ?? false,
            behind: Number.isFinite(behind) ? behind : null,
          },
        ];
      }),
  );

const sitesOf = ({ connectors, partners, clock }: StatusSources): Record<string, SiteStatus> => {
  const sites: Record<string, SiteStatus> = {};
  for (const { spec } of connectors) {
    if (!callsTheirs(spec)) continue;
    const health = partners.sourceOf(spec);
    for (const site of siteNames(spec.partner)) {
      const { kind, reason } = health.breaker(site);
      const { failingForMs } = health.knowledge(site);
      const restMs = restOf(health.passage(site), clock.monotonicMs());
      sites[`${spec.partner.name}/${site}`] = { breaker: kind, failingForMs, reason, restMs };
    }
  }
  return sites;
};

const restOf = (passage: Passage, now: number): number | null => {
  if (passage.kind !== "rest") return 0;
  return Number.isFinite(passage.untilMs) ? Math.max(0, passage.untilMs - now) : null;
};

const chainOf = ({ site, decision }: ReturnType<SiteKeeper["chains"]>[number]): ChainStatus => ({
  site,
  stays: decision.kind === "stay" ? decision.why : "",
  switchInMs: decision.kind === "stay" ? (decision.inMs ?? null) : 0,
});

const connectorOf = (
  spec: ConnectorSpec,
  paused: boolean,
  { journal, siteKeeper, polls, feeds, duties }: StatusSources,
): ConnectorStatus => ({
  role: spec.role,
  partner: spec.partner.name,
  paused,
  ledger: journal.ledger(spec.name),
  sites: Object.fromEntries(siteKeeper.chosen(spec).map(({ home, site }) => [home, site])),
  chains: Object.fromEntries(siteKeeper.chains(spec).map((chain) => [chain.home, chainOf(chain)])),
  actsFor: [...duties.entries()].map(([region]) => region).filter((region) => duties.handsOn(spec.name, region)),
  poll: polls.status(spec, siteKeeper.whyHere(spec)),
  gaps: polls.gaps(spec.name),
  readers: feeds.status(spec),
});
