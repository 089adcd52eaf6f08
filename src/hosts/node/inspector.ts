import type { IdentityReport, Journal, ListQuery, Voter, VoterReply } from "../../core/ports.ts";
import type { Region } from "../../core/region.ts";
import type { ConnectorStatus, DutyStatus, RegionStatus } from "../../core/status.ts";
import { healthConnector } from "../shared/health.ts";
import { identitiesOf, type ShownEntry, shownOf } from "../shared/shown.ts";
import type { Deployed } from "./connectors/deployed.ts";
import type { ConnectorRuntime } from "./connectors/runtime.ts";
import type { Rates } from "./telemetry/rates.ts";

export interface InspectorPorts {
  readonly region: Region;
  readonly journal: Journal;
  readonly voter: Voter | null;
  readonly connectors: ConnectorRuntime;
  readonly rates: Rates;
  readonly processId: string;
}

/** A region's status as `GET /admin/status` gives it. */
export interface HostStatus extends Omit<RegionStatus, "duties" | "connectors"> {
  readonly processId: string;
  readonly duties: readonly HostDutyStatus[];
  readonly connectors: Readonly<Record<string, HostConnectorStatus>>;
}
export interface HostDutyStatus extends DutyStatus {
  readonly region: string;
  /** The region that acts, as far as is known here; null: none. */
  readonly holder: string | null;
  /** Highest generation of the set of regions that a holder had its majorities in, as the own voter knows it. */
  readonly generation: number;
}
export interface HostConnectorStatus extends ConnectorStatus {
  readonly digest: string;
  readonly draining: boolean;
  /** Accepted a second here, over the last ten seconds. */
  readonly ratePerS: number;
  readonly capacityBytes: number;
}

/** Answers what people ask of a region, from its journals and its state. Changes nothing. */
export class Inspector {
  readonly #ports: InspectorPorts;

  constructor(ports: InspectorPorts) {
    this.#ports = ports;
  }

  async status(): Promise<HostStatus> {
    const { region, processId } = this.#ports;
    const { duties, connectors, ...status } = region.status();
    const shown = Object.entries(connectors).flatMap(([name, connector]) => {
      const deployed = this.#ports.connectors.get(name);
      if (name === healthConnector || deployed === undefined) return [];
      return [[name, this.#connector(name, connector, deployed)] as const];
    });
    const held = await Promise.all(
      Object.entries(duties).map(async ([duty, of]) => ({ region: duty, ...of, ...(await this.#vote(duty, of)) })),
    );
    return { ...status, processId, duties: held, connectors: Object.fromEntries(shown) };
  }

  async list(query: ListQuery): Promise<readonly ShownEntry[]> {
    const reports = await new Promise<readonly IdentityReport[]>((done) => this.#ports.journal.list(query, done));
    return reports.filter(({ connector }) => connector !== healthConnector).map((report) => this.#shown(report));
  }

  /** An entry by its id or its whole identity (`<source> <id>`), in every connector. */
  async find(id: string): Promise<readonly ShownEntry[]> {
    const all = [...this.#ports.connectors.all()];
    const connectors = all.map(([name, { role, spec }]) => ({ name, role, partner: spec.partner.name }));
    const identities = identitiesOf(id, connectors);
    const asked = all.flatMap(([name]) => identities.map((identity) => this.#report(name, identity)));
    const found = await Promise.all(asked);
    return found.filter((report) => report !== null).map((report) => this.#shown(report));
  }

  #report(connector: string, identity: string): Promise<IdentityReport | null> {
    return new Promise((done) => this.#ports.journal.report(connector, identity, done));
  }

  #connector(name: string, connector: ConnectorStatus, { digest, draining, spec }: Deployed): HostConnectorStatus {
    const ratePerS = this.#ports.rates.of(name);
    return { ...connector, digest, draining, ratePerS, capacityBytes: spec.hold.capacityBytes };
  }

  /** The holder is this region where it holds the lease, else whom the own voter granted it. */
  async #vote(duty: string, { epoch }: DutyStatus): Promise<Pick<HostDutyStatus, "holder" | "generation">> {
    const { region, voter } = this.#ports;
    const request = { kind: "read", duty, holder: "status", generation: 0, wanted: false } as const;
    const reply = voter && (await new Promise<VoterReply | null>((done) => voter.request(request, done)));
    const generation = reply?.confirmedGeneration ?? 0;
    if (epoch !== null) return { holder: region.config.region, generation };
    const granted = reply === null || reply.expired ? null : reply.holder;
    return { holder: granted?.slice(0, granted.lastIndexOf("/")) ?? null, generation };
  }

  #shown(report: IdentityReport): ShownEntry {
    return shownOf(report, this.#ports.connectors.get(report.connector)?.spec);
  }
}
