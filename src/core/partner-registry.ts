import type { ConnectorSpec, PartnerSpec } from "../define/spec.ts";
import { hubSite } from "./courier.ts";
import { type PartnerChange, PartnerHealth } from "./partner.ts";
import type { RegionPolicy } from "./policy.ts";
import type { Clock, Done, Observer, Random, Reach, Source, Taker } from "./ports.ts";
import { callsTheirs, readingPlan } from "./reading-plan.ts";

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
  /** Connectors that have a way to their partner's sites, by name. */
  readonly #callers = new Map<string, ConnectorSpec>();

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
    this.forget(spec.name);
    if (!callsTheirs(spec)) return;
    this.#callers.set(spec.name, spec);
    this.sourceOf(spec).update(spec.partner);
  }

  /** The connector is deployed no longer, or not as it was. */
  forget(connector: string): void {
    this.#callers.delete(connector);
  }

  /** Of whom the connector's entries are handed to. */
  of(spec: ConnectorSpec): PartnerHealth {
    return this.#healthOf(this.#takerOf(spec));
  }

  /** Of the partner that the connector calls: to hand on, or to read. */
  sourceOf(spec: ConnectorSpec): PartnerHealth {
    return this.#healthOf(spec.partner);
  }

  #healthOf(partner: PartnerSpec): PartnerHealth {
    let health = this.#health.get(partner.name);
    if (health === undefined) {
      const concurrency = partner === hubAsPartner ? this.#policy.hubConcurrency : this.#policy.partner.concurrency;
      health = new PartnerHealth(
        partner,
        { ...this.#policy.partner, concurrency },
        this.#ports,
        (site, done) => this.#probe(partner.name, site, done),
        (what) => this.#changed(partner.name, what),
      );
      this.#health.set(partner.name, health);
    }
    return health;
  }

  #probe(partner: string, site: string, done: Done<boolean>): void {
    const caller = [...this.#callers.values()].find((spec) => spec.partner.name === partner);
    if (caller === undefined) return done(false);
    const { taker, source } = this.#ports;
    (readingPlan(caller) === null ? taker(caller.name) : source(caller.name)).probe(caller.name, site, done);
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
