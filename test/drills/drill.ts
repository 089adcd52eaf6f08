// The drill behind `npm start`: real payloads cross while a region is killed and the partner's site dies.
import { setTimeout as wait } from "node:timers/promises";
import type { Gateway } from "./gateway.ts";
import type { Giver } from "./giver.ts";
import { judge, type Marks, siteInUse, type Verdict } from "./judge.ts";
import type { PartnerProcess } from "./partner.ts";
import type { Delivery } from "./payloads.ts";

export interface DrillOptions {
  readonly gateway: Gateway;
  readonly partner: PartnerProcess;
  readonly giver: Giver;
  readonly deliveries: readonly Delivery[];
  /** Messages a second while nothing is wrong. */
  readonly ratePerSecond: number;
  /** Milliseconds that the gateway gets to take over, and at the end to bring everything to the partner.
   * @default 90000 */
  readonly patienceMs?: number;
}

export interface Step {
  readonly title: string;
  readonly run: () => Promise<void>;
}

export interface Drill {
  readonly steps: readonly Step[];
  /** One line on what was given and taken so far. */
  progress(): string;
  verdict(): Verdict;
}

/** How many acknowledgements of the burst a region gives before it is killed, and how many effects a site loses. */
const burst = 25;
const tail = 5;

export function drill(options: DrillOptions): Drill {
  return new RunningDrill(options);
}

class RunningDrill implements Drill {
  readonly steps: readonly Step[];
  readonly #options: DrillOptions;
  readonly #victim: string;
  readonly #patienceMs: number;
  /** Lines that the partner wrote before the drill: an earlier run's entries that were still pending. */
  readonly #before: number;
  #marks: Marks = {};

  constructor(options: DrillOptions) {
    this.#options = options;
    this.#before = options.partner.ledger().length;
    this.#victim = Object.keys(options.gateway.endpoints)[0] ?? "";
    this.#patienceMs = options.patienceMs ?? 90_000;
    const { deliveries } = options;
    const part = (from: number, to: number): readonly Delivery[] =>
      deliveries.slice(Math.floor(deliveries.length * from), Math.floor(deliveries.length * to));
    this.steps = [
      { title: "both regions take messages", run: () => this.#undisturbed(part(0, 0.3)) },
      { title: `${this.#victim} is killed in a burst; the other takes over`, run: () => this.#kill(part(0.3, 0.6)) },
      { title: `${this.#victim} comes back`, run: () => options.gateway.restart(this.#victim) },
      { title: "the partner's site in use dies with its last invoices", run: () => this.#stopSite(part(0.6, 0.9)) },
      { title: "everything that was acknowledged arrives", run: () => this.#settle(part(0.9, 1)) },
    ];
  }

  verdict(): Verdict {
    const ledger = this.#options.partner.ledger().slice(this.#before);
    return judge(this.#options.giver.records, ledger, this.#marks);
  }

  progress(): string {
    const { acknowledged, received } = this.verdict();
    return `${acknowledged} of ${this.#options.deliveries.length} acknowledged, ${received} invoices at the partner`;
  }

  async #undisturbed(deliveries: readonly Delivery[]): Promise<void> {
    for (const key of keysByCount(this.#options.deliveries).slice(0, 1)) {
      this.#options.giver.assign(key, this.#victim);
    }
    await this.#options.giver.give(deliveries);
  }

  /** A slow partner and a burst make sure that something acknowledged is still open when the region dies. */
  async #kill(deliveries: readonly Delivery[]): Promise<void> {
    const { gateway, giver, partner, ratePerSecond } = this.#options;
    const site = siteInUse(partner.ledger());
    await partner.fault(site, { kind: "slow", ms: 250 });
    giver.ratePerSecond = ratePerSecond * 10;
    const before = this.#acknowledgedBy(this.#victim);
    const given = giver.give(deliveries);
    let done = false;
    void given.then(() => {
      done = true;
    });
    await until(() => done || this.#acknowledgedBy(this.#victim) >= before + burst);
    await gateway.kill(this.#victim);
    const kill = { region: this.#victim, at: Date.now() };
    this.#marks = { kill };
    giver.ratePerSecond = ratePerSecond;
    await partner.fault(site, { kind: "none" });
    const patience = AbortSignal.timeout(this.#patienceMs);
    await Promise.all([gateway.dutyMoved(this.#victim, patience), given]).catch(() => given);
    if (!patience.aborted) this.#marks = { kill: { ...kill, dutyMovedAt: Date.now() } };
    await until(() => this.verdict().takeoverMs !== null || patience.aborted);
  }

  async #stopSite(deliveries: readonly Delivery[]): Promise<void> {
    const { giver, partner } = this.#options;
    let done = false;
    const given = giver.give(deliveries).then(() => {
      done = true;
    });
    const site = siteInUse(partner.ledger());
    await until(async () => done || (await partner.summary())[site].unreplicated >= tail);
    await partner.stopSite(site, true);
    this.#marks = { ...this.#marks, siteStop: { site, at: Date.now() } };
    await given;
  }

  async #settle(deliveries: readonly Delivery[]): Promise<void> {
    const { gateway, giver } = this.#options;
    await giver.give(deliveries);
    const patience = AbortSignal.timeout(this.#patienceMs);
    await until(() => this.verdict().lost === 0 || patience.aborted);
    await gateway.settled(patience.aborted ? 0 : this.#patienceMs);
  }

  #acknowledgedBy(region: string): number {
    return this.#options.giver.records.filter(({ acknowledgedBy }) => acknowledgedBy === region).length;
  }
}

/** Keys with most deliveries first. */
function keysByCount(deliveries: readonly Delivery[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const { key } of deliveries) if (key !== null) counts.set(key, (counts.get(key) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a).map(([key]) => key);
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await wait(25);
}
