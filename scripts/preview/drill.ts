// What is done to a preview and seen around it. Nobody asks the gateway: what counts is who was answered, and what was taken.
import { setTimeout as wait } from "node:timers/promises";
import type { Scope } from "../../connectors/platforms/aws/names.ts";
import { functionName } from "../../connectors/platforms/aws/names.ts";
import type { Account } from "./account.ts";
import { give } from "./giver.ts";
import type { HubSide } from "./hub-side.ts";
import { type Ledger, problemsOf, type Verdict } from "./ledger.ts";
import { functionsOf, start, stop } from "./stopped.ts";

export interface Surroundings {
  readonly account: Account;
  readonly scope: Scope;
  readonly regions: readonly string[];
  readonly secret: string;
  /** Where the giver calls, by region. */
  readonly entrances: Readonly<Record<string, string>>;
  /** By region. */
  readonly hubs: Readonly<Record<string, HubSide>>;
  /** What the hubs and the partner's queue hand over. */
  readonly given: Ledger;
  readonly sent: Ledger;
  readonly signal: AbortSignal;
}

export interface Row {
  readonly flow: "giver -> hub" | "hub -> partner";
  readonly verdict: Verdict;
  readonly problems: readonly string[];
}

export interface Times {
  /** From the stop of a region's functions until the other published what that one had accepted. Milliseconds. */
  readonly takeoverMs: number | null;
  /** From when its functions are called again until the region publishes what it is given. Milliseconds. */
  readonly returnMs: number | null;
}

const perRegion = 20;
const beforeStop = 5;
const lookMs = 250;

/** Broken promises are in the rows; what hinders the drill itself is thrown. */
export class Drill {
  readonly #at: Surroundings;
  #count = 0;
  #takeoverMs: number | null = null;
  #returnMs: number | null = null;

  constructor(at: Surroundings) {
    this.#at = at;
  }

  get rows(): readonly Row[] {
    const { given, sent } = this.#at;
    return [
      { flow: "giver -> hub", verdict: given.verdict, problems: problemsOf(given.verdict) },
      { flow: "hub -> partner", verdict: sent.verdict, problems: problemsOf(sent.verdict) },
    ];
  }

  get times(): Times {
    return { takeoverMs: this.#takeoverMs, returnMs: this.#returnMs };
  }

  /** Both flows, in both regions, undisturbed. */
  async flow(tell: (line: string) => void): Promise<void> {
    const { regions } = this.#at;
    // The first message waits for the first leases.
    for (const region of regions) await this.#giveUntil(region);
    for (let turn = 0; turn < perRegion; turn += 1) {
      for (const region of regions) {
        await this.#give(region, false);
        await this.#publish(region, false);
      }
      tell(`given and published ${(turn + 1) * regions.length}`);
    }
    await this.#settled(tell);
  }

  /**
   * The first region's dispatchers are stopped, so that what it accepts stays open; then all its functions. The other region
   * acts for it. It acts again when they are called again.
   */
  async takeover(tell: (line: string) => void): Promise<void> {
    const { account, scope, regions, given } = this.#at;
    const [region = "", other = ""] = regions;
    const client = account.clients.lambda(region);
    const functions = await functionsOf(client, functionName(scope, ""));
    const engines = functions.filter((name) => name.endsWith("_dispatch"));
    const stopped = await stop(client, engines);
    let rest: Awaited<ReturnType<typeof stop>> = new Map();
    try {
      account.stopped(region);
      const open: string[] = [];
      for (let turn = 0; turn < beforeStop; turn += 1) open.push(await this.#giveUntil(region, true));
      rest = await stop(
        client,
        functions.filter((name) => !engines.includes(name)),
      );
      account.stopped(region);
      const from = performance.now();
      for (let turn = 0; turn < beforeStop; turn += 1) await this.#publish(other, true);
      await this.#until(tell, "the other region acts", () => open.every((id) => !given.open.includes(id)));
      this.#takeoverMs = performance.now() - from;
      for (let turn = 0; turn < beforeStop; turn += 1) await this.#giveUntil(other, true);
    } finally {
      await start(client, rest);
      await start(client, stopped);
    }
    await this.#return(region, tell);
  }

  async #return(region: string, tell: (line: string) => void): Promise<void> {
    const { given } = this.#at;
    const from = performance.now();
    await this.#until(tell, `${region} acts again`, async () => {
      const id = await this.#giveUntil(region, true);
      await this.#until(tell, `${region} is given to`, () => !given.open.includes(id));
      return given.taken.some((one) => one.id === id && one.region === region);
    });
    this.#returnMs = performance.now() - from;
    await this.#settled(tell);
  }

  async #settled(tell: (line: string) => void): Promise<void> {
    const { given, sent } = this.#at;
    await this.#until(tell, "all is taken", () => given.open.length + sent.open.length === 0).catch(
      (error: unknown) => {
        // What is open then is lost, and the rows say so.
        if (!(error instanceof Late)) throw error;
      },
    );
  }

  /** Gives until it is acknowledged, as a partner does. */
  async #giveUntil(region: string, disrupted = false): Promise<string> {
    const id = this.#next(region);
    this.#at.given.giving(id, disrupted);
    await this.#until(
      () => {},
      `${region} takes what it is given`,
      () => this.#once(region, id),
    );
    return id;
  }

  async #give(region: string, disrupted: boolean): Promise<void> {
    const id = this.#next(region);
    this.#at.given.giving(id, disrupted);
    await this.#once(region, id);
  }

  async #once(region: string, id: string): Promise<boolean> {
    const { entrances, secret, given } = this.#at;
    const acknowledged = await give(entrances[region] ?? "", secret, id);
    if (acknowledged) given.acknowledged(id);
    return acknowledged;
  }

  async #publish(region: string, disrupted: boolean): Promise<void> {
    const { hubs, sent } = this.#at;
    const id = this.#next(region);
    sent.giving(id, disrupted);
    if (await hubs[region]?.publish(id)) sent.acknowledged(id);
  }

  #next(region: string): string {
    this.#count += 1;
    return `${region}-${this.#count}`;
  }

  async #until(tell: (line: string) => void, what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
    const { account, signal, given, sent } = this.#at;
    const until = performance.now() + account.patienceMs;
    while (!(await holds())) {
      signal.throwIfAborted();
      if (performance.now() > until) throw new Late(`after ${account.patienceMs / 1_000} s not seen: ${what}`);
      tell(`${what} (open: ${given.open.length} of the giver's, ${sent.open.length} of ours)`);
      await wait(lookMs);
    }
  }
}

/** Something was not seen in time. */
export class Late extends Error {
  override readonly name = "Late";
}
