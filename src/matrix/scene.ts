/** The small world in which the deciding functions are asked: one connector, the regions, and the numbers that rule. */
import { dutyHomeOf, pollHomeOf } from "../core/homes.ts";
import type { VoterSets } from "../core/quorum.ts";
import { noFunctions } from "../define/policy.ts";
import type { CommonSpec, ConnectorSpec, HttpPollSpec, PartnerSpec, TopologySpec } from "../define/spec.ts";
import type { Cell, CellLocation, TopologyMode } from "./cells.ts";
import type { MatrixPolicy } from "./policy.ts";

export interface Scene<S extends ConnectorSpec = ConnectorSpec> {
  readonly spec: S;
  /** Ours. */
  readonly mode: TopologyMode;
  /** Ordered; in primary-secondary the first is the primary. */
  readonly regions: readonly string[];
  readonly location: CellLocation;
  readonly policy: MatrixPolicy;
  /** The connector stands for any of its role: what another one could choose is told as well. */
  readonly isExample: boolean;
}

/** The cell's own example: two regions, a partner of two sites, a connector that states nothing beyond what it must. */
export const sceneOf = (cell: Cell, policy: MatrixPolicy): Scene => ({
  spec: exampleOf(cell, policy),
  mode: cell.ourTopology,
  regions: ["east", "west"],
  location: cell.location,
  policy,
  isExample: true,
});

/** What a region of its own has to say: the region that a variant strikes, and one that is left. */
export interface Regions {
  readonly struck: string;
  readonly left: string;
}

/** A variant strikes the region that acts: for a poll the one that reads, otherwise the first. */
export const regionsOf = ({ spec, mode, regions }: Scene): Regions => {
  const [first = ""] = regions;
  const struck = polls(spec) ? pollHomeOf(spec.name, { mode, regions }) : first;
  return { struck, left: regions.find((region) => region !== struck) ?? struck };
};

/** Duties that are at home in a region: to act for the journals of these regions. */
export const dutiesAt = ({ mode, regions }: Scene, home: string): readonly string[] =>
  regions.filter((region) => dutyHomeOf(region, { mode, regions }) === home);

export const polls = (spec: ConnectorSpec): boolean =>
  spec.role === "poll" || (spec.role === "receive" && spec.reconcile !== null);

/** One voter a region, and a witness where their number is even. */
export const votersOf = ({ regions }: Scene): VoterSets => ({
  generation: 1,
  sets: [regions.length % 2 === 0 ? [...regions, "witness"] : regions],
});

const exampleOf = ({ role, location, theirTopology }: Cell, policy: MatrixPolicy): ConnectorSpec => {
  const common = commonOf(partnerOf(location, theirTopology, policy), policy);
  switch (role) {
    case "receive":
      return { ...common, driver: "http", role, options: receiveOptions, reconcile: null };
    case "poll":
      return { ...common, driver: "http", role, options: pollOptions(policy), lookbackMs: policy.connector.lookbackMs };
    case "send":
      return { ...common, driver: "http", role, options: sendOptions };
    case "feed":
      return {
        ...common,
        driver: "http",
        role,
        options: { readers: { reader: bearer }, retentionMs: policy.connector.retention.settledMs },
      };
  }
};

const partnerOf = (location: CellLocation, theirTopology: TopologyMode, { partner }: MatrixPolicy): PartnerSpec => ({
  name: "partner",
  location,
  sites: { north: { maintenance: [] }, south: { maintenance: [] } },
  topology: topologyOf(theirTopology, partner),
  fixedSource: false,
});

const topologyOf = (mode: TopologyMode, partner: MatrixPolicy["partner"]): TopologySpec => {
  const { failoverAfterMs, failback, recoveryPointMs } = partner;
  return mode === "active-active"
    ? { mode, recoveryPointMs }
    : { mode, primary: "north", secondary: "south", failoverAfterMs, failback, recoveryPointMs };
};

const commonOf = (partner: PartnerSpec, { connector, lease }: MatrixPolicy): CommonSpec => ({
  ...connector,
  name: "orders",
  partner,
  eventTypes: [],
  personal: [],
  onUnknown: { kind: "resend" },
  onFault: connector.ordering === "key" ? "block-key" : "continue",
  expiresAfterMs: null,
  gapAfterMs: 30_000,
  startFrom: "now",
  idempotency: { kind: "event-id" },
  requestTimeoutMs: lease.requestTimeoutMs,
  has: noFunctions,
  secrets: [],
  settings: [],
});

const bearer = { scheme: "bearer", token: { secret: "reader" } } as const;
const receiveOptions = {
  verify: [],
  id: null,
  tenant: null,
  challenge: null,
  limitBytes: 1_000_000,
  answer: { status: 202, body: "" },
} as const;
const sendOptions = { path: "", format: "json", sign: null, compress: null, responses: {}, batch: null } as const;
const pollOptions = ({ poll }: MatrixPolicy): HttpPollSpec => ({
  path: "/",
  everyMs: poll.everyMs,
  items: null,
  cursor: { kind: "link" },
  acrossSites: "rewind",
});
