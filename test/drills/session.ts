// One run of `npm start`: what it starts, what it tells, and how it leaves nothing behind.
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { backend } from "../../scripts/deploy/backend.ts";
import { type Engine, findOrGetEngine } from "../../scripts/engine/engine.ts";
import { siteNames } from "../partner/config.ts";
import { DeployedGateway } from "./deployed.ts";
import { type Drill, drill } from "./drill.ts";
import { Giver } from "./giver.ts";
import { Interrupted, type Interrupts, unless } from "./interrupts.ts";
import type { Verdict } from "./judge.ts";
import { PartnerProcess } from "./partner.ts";
import { deliveries } from "./payloads.ts";
import { type Place, stacksOf } from "./place.ts";
import { reasonOf } from "./reason.ts";
import type { ShownStep } from "./steps.ts";

type Say = (text: string) => void;

const ratePerSecond = 40;
/** Shorter than the partner's recoveryPoint in its definition: what the partner promises, and what it really has. */
const lagMs = 1_500;
/** Milliseconds that an orderly end waits for what is pending. */
const drainMs = 60_000;

export class Session {
  readonly #place: Place;
  readonly #interrupts: Interrupts;
  readonly #seed: number;
  readonly #secrets = {
    "github-webhook": randomBytes(24).toString("hex"),
    "billing-signing": `whsec_${randomBytes(24).toString("base64")}`,
  };
  #engine: Engine | null = null;
  #partner: PartnerProcess | null = null;
  #gateway: DeployedGateway | null = null;
  #giver: Giver | null = null;
  #drill: Drill | null = null;

  constructor(place: Place, seed: number, interrupts: Interrupts) {
    this.#place = place;
    this.#seed = seed;
    this.#interrupts = interrupts;
    interrupts.first.addEventListener("abort", () => this.#giver?.stop());
  }

  /** What stands before the drill can begin. */
  setup(): readonly ShownStep[] {
    const { ports } = this.#place;
    return [
      { title: "the Pulumi engine", run: (tell) => this.#findEngine(tell) },
      {
        title: `a partner with two sites, ports ${ports.primary} and ${ports.secondary}`,
        run: () => this.#startPartner(),
      },
      { title: `pulumi up: ${stacksOf(this.#place).join(", ")}`, run: (tell) => this.#deploy(tell) },
    ];
  }

  drill(): readonly ShownStep[] {
    const running = need(this.#drill);
    return running.steps.map(({ title, run }) => ({
      title,
      run: (tell) => telling(run, () => running.progress(), tell),
    }));
  }

  verdict(): Verdict {
    return need(this.#drill).verdict();
  }

  async stayUp(say: Say): Promise<void> {
    for (const site of siteNames) await need(this.#partner).startSite(site);
    await this.#tellPlaces(say);
    say("\nCtrl-C drains and destroys all of it.");
  }

  /** Ends the partner and leaves the regions as they are. */
  async keep(say: Say): Promise<void> {
    await this.#tellPlaces(say);
    await this.#partner?.stop();
  }

  /** Says where things are and what to try. */
  async #tellPlaces(say: Say): Promise<void> {
    const { variables } = await backend({ engine: need(this.#engine), home: this.#place.home });
    const { endpoints } = need(this.#gateway);
    const { urls } = need(this.#partner);
    const [, east] = stacksOf(this.#place);
    const { environment } = this.#place;
    const named = environment === "local" ? "" : ` -e ${environment}`;
    say(`
seed ${this.#seed}; ledgers of giver and partner: ${this.#place.ledgers}
messages   ${Object.values(endpoints).join("  ")}
partner    ${urls.primary}/invoices  ${urls.secondary}/invoices  (faults: ${urls.control})

To try:
  npm run isthmus -- status${named}
  npm run pulumi -- preview --diff -s ${east}    # after an edit in infra/partners/: the changed translation is a diff
  npm run pulumi -- up -s ${east}                # the region's process stays, no event is lost
  curl -X PUT ${urls.control}/sites/primary/fault -d '{"kind":"down"}'
With \`pulumi\` on PATH, set these two and leave out \`npm run\`:
${Object.entries(variables)
  .map(([name, value]) => `  export ${name}=${value}`)
  .join("\n")}`);
  }

  /** Drains, then destroys; a second Ctrl-C, or what cannot be drained, discards, and says so. */
  async end(say: Say): Promise<void> {
    const gateway = this.#gateway;
    try {
      if (gateway) await this.#destroy(gateway, say);
    } finally {
      await this.#partner?.stop();
    }
  }

  async #findEngine(tell: Say): Promise<void> {
    this.#engine = await findOrGetEngine({ onProgress: tell });
  }

  async #startPartner(): Promise<void> {
    const { ledgers, ports } = this.#place;
    rmSync(ledgers, { recursive: true, force: true });
    this.#partner = await PartnerProcess.start(ledgers, { ports, secrets: [this.#secrets["billing-signing"]], lagMs });
  }

  async #deploy(tell: Say): Promise<void> {
    this.#gateway = new DeployedGateway({
      engine: need(this.#engine),
      place: this.#place,
      secrets: this.#secrets,
      onProgress: tell,
      signal: this.#interrupts.first,
    });
    await this.#gateway.deploy();
    tell("the regions get their leases");
    await this.#gateway.acting(this.#interrupts.first);
    await this.#untilLeftoversAreGone(this.#gateway, tell);
    this.#giver = new Giver({
      endpoints: this.#gateway.endpoints,
      secret: this.#secrets["github-webhook"],
      ratePerSecond,
      ledger: join(this.#place.ledgers, "giver.jsonl"),
    });
    this.#drill = drill({
      gateway: this.#gateway,
      partner: need(this.#partner),
      giver: this.#giver,
      deliveries: deliveries(this.#seed),
      ratePerSecond,
    });
  }

  /** What an earlier run left pending, after a crash or with --keep, is delivered first and not judged. */
  async #untilLeftoversAreGone(gateway: DeployedGateway, tell: Say): Promise<void> {
    const left = await gateway.pending();
    if (left === 0) return;
    tell(`an earlier run left ${left ?? "an unknown number of"} pending entries: delivering them`);
    await gateway.settled(drainMs);
    if ((await gateway.pending()) !== 0) throw new Error("what an earlier run left pending cannot be delivered");
  }

  async #destroy(gateway: DeployedGateway, say: Say): Promise<void> {
    const { second } = this.#interrupts;
    try {
      say("draining; Ctrl-C again discards what is left");
      await unless(second, gateway.revive());
      await unless(second, gateway.drain());
      await unless(second, this.#untilEmpty(gateway, say));
      say("destroying");
      await unless(second, gateway.destroy(false));
    } catch (error) {
      say(error instanceof Interrupted ? "Ctrl-C came twice" : reasonOf(error));
      say(`discarding what is left: ${(await gateway.pending()) ?? "an unknown number of"} pending entries`);
      await gateway.destroy(true);
    }
    say("destroyed: no process, port or stack is left");
  }

  async #untilEmpty(gateway: DeployedGateway, say: Say): Promise<void> {
    const until = Date.now() + drainMs;
    let last = 0;
    for (;;) {
      const pending = await gateway.pending();
      if (pending === 0 || Date.now() > until) return;
      if (pending !== last) say(`${pending ?? "an unknown number of"} pending`);
      last = pending ?? 0;
      await wait(1_000);
    }
  }
}

/** Runs the step and tells its progress every second, if there is any. */
async function telling(run: () => Promise<void>, progress: () => string, tell: Say): Promise<void> {
  let last = "";
  const timer = setInterval(() => {
    const now = progress();
    if (now !== last) tell(now);
    last = now;
  }, 1_000);
  try {
    await run();
  } finally {
    clearInterval(timer);
  }
}

function need<T>(value: T | null): T {
  if (value === null) throw new Error("the drill did not get that far");
  return value;
}
