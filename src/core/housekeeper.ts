import type { ConnectorSpec } from "../define/spec.ts";
import type { Duties, DutiesConfig } from "./duties.ts";
import type { Feeds } from "./feeds.ts";
import { pollHomeOf } from "./homes.ts";
import type { PartnerChange } from "./partner.ts";
import type { PartnerRegistry } from "./partner-registry.ts";
import type { Clock, Timer } from "./ports.ts";
import type { Pruner } from "./pruner.ts";
import { callsTheirs } from "./reading-plan.ts";
import type { Replication } from "./replication.ts";
import type { SiteKeeper } from "./site-keeper.ts";
import { renewEveryMs } from "./timings.ts";

export interface HousekeeperPorts {
  readonly clock: Clock;
  readonly partners: PartnerRegistry;
  readonly replication: Replication;
  readonly siteKeeper: SiteKeeper;
  readonly duties: Duties;
  readonly feeds: Feeds;
  readonly pruner: Pruner;
  /** Of the connectors that are deployed. */
  specs(): readonly ConnectorSpec[];
}

/** What a region looks after now and then, and where a partner or a peer changes: sites, duties, what may be forgotten. */
export class Housekeeper {
  readonly #config: DutiesConfig;
  readonly #ports: HousekeeperPorts;
  #timer: Timer | null = null;

  constructor(config: DutiesConfig, ports: HousekeeperPorts) {
    this.#config = config;
    this.#ports = ports;
  }

  start(): void {
    this.#timer = this.#ports.clock.after(renewEveryMs(this.#config.lease) / 2, () => {
      this.#look();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.cancel();
  }

  /** What a peer holds is newly known: more may be handed on, and a duty may go home. */
  heard(): void {
    const { duties, feeds } = this.#ports;
    for (const { name, durability } of this.#ports.specs()) {
      if (durability !== "replicated") continue;
      duties.poke(name);
      feeds.woken(name);
    }
    duties.considerReturns();
  }

  partnerChanged(partner: string, what: PartnerChange): void {
    const { partners, duties, siteKeeper, replication } = this.#ports;
    const specs = this.#ports
      .specs()
      .filter((spec) => partners.of(spec).name === partner || (callsTheirs(spec) && spec.partner.name === partner));
    for (const spec of specs) {
      if (what === "health" && duties.callsFor(spec)) siteKeeper.consider(spec);
      duties.poke(spec.name);
    }
    if (what === "room") return;
    this.#watchSites(specs);
    replication.wake(false);
  }

  #look(): void {
    const { duties, siteKeeper, feeds, pruner } = this.#ports;
    duties.includeRemoved();
    duties.considerReturns();
    duties.considerBlindness();
    const specs = this.#ports.specs();
    for (const spec of specs) {
      if (duties.callsFor(spec)) siteKeeper.consider(spec);
      if (spec.durability === "replicated") duties.poke(spec.name);
      if (duties.handsOn(spec.name, pollHomeOf(spec.name, this.#config))) feeds.register(spec);
    }
    this.#watchSites(specs);
    duties.considerLinks(siteKeeper);
    pruner.run(specs, (region) => duties.actsFor(region));
  }

  #watchSites(specs: readonly ConnectorSpec[]): void {
    const { siteKeeper, duties } = this.#ports;
    siteKeeper.watch(specs, (connector) => duties.hasLent(connector));
  }
}
