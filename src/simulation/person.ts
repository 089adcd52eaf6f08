import type { Host } from "./host.ts";
import type { Ledgers } from "./ledgers.ts";
import type { Partner } from "./partner.ts";
import type { World } from "./world.ts";

/**
 * The person on call, who comes when the trouble is over: settles what is unknown by what the partner really has, and
 * discards what was refused.
 */
export class Person {
  readonly #world: World;
  readonly #ledgers: Ledgers;
  readonly #partner: Partner;
  readonly #decided = new Set<string>();

  constructor(world: World, ledgers: Ledgers, partner: Partner) {
    this.#world = world;
    this.#ledgers = ledgers;
    this.#partner = partner;
  }

  look(host: Host): void {
    const { region, journal } = host;
    if (region === null || journal === null) return;
    journal.list({ what: "unknown", limit: 100 }, (reports) => {
      for (const { connector, identity, round } of reports) {
        if (!this.#isNew(`unknown ${identity} ${round}`, identity)) continue;
        const as = this.#partner.has(connector, identity) ? "delivered" : "resend";
        region.operator.settleUnknown(connector, [identity], as, decision, () => {});
      }
    });
    journal.list({ what: "faulted", limit: 100 }, (reports) => {
      for (const { connector, identity, round } of reports) {
        if (!this.#isNew(`faulted ${identity} ${round}`, identity)) continue;
        if (round === 0) region.operator.resubmit(connector, [identity], decision, () => {});
        else region.operator.discard(connector, [identity], decision, () => {});
      }
    });
  }

  #isNew(what: string, identity: string): boolean {
    if (this.#decided.has(what)) return false;
    this.#decided.add(what);
    this.#ledgers.decisions.push({ at: this.#world.now, identity });
    return true;
  }
}

const decision = { person: "on-call", reason: "looked at it" };
