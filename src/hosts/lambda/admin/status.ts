import type { Ledger } from "../../../core/ports.ts";
import type { ConnectorStatus, DutyStatus, RegionStatus } from "../../../core/status.ts";
import type { AdminConfig } from "../config.ts";
import type { DutyRow } from "../lease/duty-row.ts";
import type { ToldHealth } from "../runtime/health.ts";
import type { Told } from "../runtime/published.ts";

export interface ShownDuty extends DutyStatus {
  readonly region: string;
  /** The region that acts, as far as is known here; null: none. */
  readonly holder: string | null;
}

export interface ShownConnector extends ConnectorStatus {
  readonly digest: string;
  readonly draining: boolean;
  readonly capacityBytes: number;
  /** Not counted here. */
  readonly ratePerS: number;
}

/** A region's status, in the form in which a region of the local platform gives it. */
export interface ShownStatus extends Omit<RegionStatus, "duties" | "connectors"> {
  readonly processId: string;
  readonly duties: readonly ShownDuty[];
  readonly connectors: Readonly<Record<string, ShownConnector>>;
  /** What became of the keeper's last trace; null: none was sent yet. */
  readonly health: ToldHealth | null;
}

export interface StatusFacts {
  readonly config: AdminConfig;
  readonly id: string;
  readonly wallMs: number;
  readonly told: ReadonlyMap<string, Told>;
  readonly duties: ReadonlyMap<string, DutyRow>;
  readonly health: ToldHealth | null;
  readonly ledgers: ReadonlyMap<string, Ledger>;
}

export const statusOf = (facts: StatusFacts): ShownStatus => {
  const { config, id, wallMs, told, duties } = facts;
  const { environment, mode, region } = config;
  const newest = [...told.values()]
    .map(({ published }) => published)
    .filter((published) => published !== null)
    .sort((a, b) => b.at - a.at);
  return {
    environment,
    mode,
    region,
    incarnation: newest[0]?.incarnation ?? 0,
    ready: newest.every(({ ready }) => ready),
    wallMs,
    processId: id,
    health: facts.health,
    duties: config.regions.map((each) => dutyOf(each, region, duties.get(each), wallMs)),
    peers: newest[0]?.peers ?? {},
    // The newest last: it is what counts of a site that several connectors call.
    sites: Object.assign({}, ...newest.map(({ sites }) => sites).reverse()),
    connectors: Object.fromEntries(
      [...facts.ledgers].map(([name, ledger]) => [name, connectorOf(name, ledger, facts)]),
    ),
  };
};

const dutyOf = (duty: string, self: string, row: DutyRow | undefined, wallMs: number): ShownDuty => {
  const remainingMs = row === undefined ? 0 : Math.max(0, row.until - wallMs);
  if (row === undefined || remainingMs === 0) {
    return { region: duty, state: "away", epoch: null, remainingMs: 0, holder: null };
  }
  return { region: duty, state: row.recalled ? "returning" : "acting", epoch: row.epoch, remainingMs, holder: self };
};

const connectorOf = (name: string, ledger: Ledger, { config, told, duties, wallMs }: StatusFacts): ShownConnector => {
  const deployed = config.connectors[name];
  const of = told.get(name);
  const published = of?.published ?? null;
  const digest = deployed?.digest ?? "";
  const held = [...duties.values()].filter(({ until, lent }) => until > wallMs && !lent.includes(name));
  return {
    ...(published?.status ?? nothingTold),
    role: deployed?.role ?? published?.status.role ?? "receive",
    actsFor: held.map(({ duty }) => duty),
    ledger,
    digest,
    draining: of?.draining === digest,
    capacityBytes: published?.spec.capacityBytes ?? 0,
    ratePerS: 0,
  };
};

/** Of a connector whose engine has not run yet. */
const nothingTold = {
  partner: "",
  paused: false,
  sites: {},
  chains: {},
  poll: null,
  gaps: { missing: 0, gaps: [] },
  readers: {},
} as const;
