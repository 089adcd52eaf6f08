import type { ConnectorSpec, PartnerSpec } from "../define/spec.ts";
import { hubSite } from "./courier.ts";
import { type PartnerChange, PartnerHealth } from "./partner.ts";
import type { RegionPolicy } from "./policy.ts";
import type { Clock, Observer, Random, Reach, Source, Taker } from "./ports.ts";

export interface PartnerRegistryPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly observer: Observer;
  taker(connector: string): Taker;
  source(connector: string): Source;
}

/** The hub as a taker: one site of ours, no limit but the concurrency. */
const hubAsPartner: PartnerSpec = {
  name: "(hub)",
  location: "same-cloud",
  sites: { [hubSite]: { maintenance: [] } },
  topology: {
    mode: "primary-secondary",
    primary: hubSite,
    secondary: null,
    failoverAfterMs: null,
    failback: { kind: "manual" },
    recoveryPointMs: 0,
  },
  fixedSource: false,
};

/** Health of every partner that a region's connectors call; connectors of one partner share it. */
export class PartnerRegistry {
  readonly #policy: RegionPolicy;
  readonly #ports: PartnerRegistryPorts;
  readonly #changed: (partner: string, what: PartnerChange) => void;
  readonly #health = new Map<string, PartnerHealth>();

  constructor(
    policy: RegionPolicy,
    ports: PartnerRegistryPorts,
    changed: (partner: string, what: PartnerChange) => void,
  ) {
    this.#policy = policy;
    this.#ports = ports;
    this.#changed = changed;
  }

  /** Makes the partner of a connector known, or takes over what changed. */
  use(spec: ConnectorSpec): void {
    this.of(spec).update(this.#takerOf(spec));
    if (callsTheirs(spec)) this.sourceOf(spec).update(spec.partner);
  }

  /** Of whom the connector's entries are handed to. */
  of(spec: ConnectorSpec): PartnerHealth {
    return this.#healthOf(spec, this.#takerOf(spec));
  }

  /** Of the partner that the connector calls: to hand on, or to read. */
  sourceOf(spec: ConnectorSpec): PartnerHealth {
    return this.#healthOf(spec, spec.partner);
  }

  #healthOf(spec: ConnectorSpec, partner: PartnerSpec): PartnerHealth {
    let health = this.#health.get(partner.name);
    if (health === undefined) {
      const concurrency = partner === hubAsPartner ? this.#policy.hubConcurrency : this.#policy.partner.concurrency;
      health = new PartnerHealth(
        partner,
        { ...this.#policy.partner, concurrency },
        this.#ports,
        (site, done) =>
          (reads(spec) ? this.#ports.source(spec.name) : this.#ports.taker(spec.name)).probe(spec.name, site, done),
        (what) => this.#changed(partner.name, what),
      );
      this.#health.set(partner.name, health);
    }
    return health;
  }

  reach(): Reach {
    return Object.assign({}, ...[...this.#health.values()].map((health) => health.reach()));
  }

  stop(): void {
    for (const health of this.#health.values()) health.stop();
  }

  #takerOf(spec: ConnectorSpec): PartnerSpec {
    return spec.role === "send" ? spec.partner : hubAsPartner;
  }
}

const reads = (spec: ConnectorSpec): boolean =>
  spec.role === "poll" || (spec.role === "receive" && spec.reconcile !== null);

/** Whether the connector makes calls to its partner. */
export const callsTheirs = (spec: ConnectorSpec): boolean => spec.role === "send" || reads(spec);
