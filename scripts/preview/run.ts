// One run: stacks are made, drilled and destroyed, whatever happens in between, and what is left is looked for.
import { randomBytes } from "node:crypto";
import { rm } from "node:fs/promises";
import { busName, functionName, nameOf, tables } from "../../connectors/platforms/aws/names.ts";
import { type ShownStep, show } from "../../test/drills/steps.ts";
import { deploy, destroy, type StackOptions, type StackOutputs } from "../deploy/deploy.ts";
import { findOrGetEngine } from "../engine/engine.ts";
import type { Account } from "./account.ts";
import { Drill, type Row, type Times } from "./drill.ts";
import { type HubPlace, HubSide } from "./hub-side.ts";
import { Ledger } from "./ledger.ts";
import { type Leftover, leftoversOf, removeLogs } from "./leftovers.ts";
import { openPartner, type PartnerPlace, type PartnerSide, removePartner } from "./partner-side.ts";
import type { PreviewPlan } from "./plan.ts";
import { connectorNames, type Previewed } from "./previewed.ts";

export interface RunOptions {
  readonly plan: PreviewPlan;
  readonly account: Account;
  /** Name of the file in infra/environments. */
  readonly file: string;
  /** Folder of the backend, which knows what was made until all of it is gone. */
  readonly home: string;
  /** The first Ctrl-C: no further step is begun, and what was made is destroyed. */
  readonly signal: AbortSignal;
}

type Tell = (line: string) => void;

export class Run {
  readonly #options: RunOptions;
  readonly #secret = `whsec_${randomBytes(32).toString("base64")}`;
  readonly #given = new Ledger();
  readonly #sent = new Ledger();
  readonly #over = new AbortController();
  #drill: Drill | null = null;
  /** What was begun last: an interrupt leaves it, and destroying waits for its end. */
  #working: Promise<unknown> = Promise.resolve();

  constructor(options: RunOptions) {
    this.#options = options;
  }

  get rows(): readonly Row[] {
    return this.#drill?.rows ?? [];
  }

  get times(): Times {
    return this.#drill?.times ?? { takeoverMs: null, returnMs: null };
  }

  /** @throws what hinders it, or Interrupted; broken promises are in the rows */
  async drill(): Promise<void> {
    const { signal, plan } = this.#options;
    const title = `pulumi up: ${[plan.global, ...Object.values(plan.stacks)].join(", ")}`;
    await show(
      [
        this.#step(title, (tell) => this.#up(tell)),
        this.#step("both flows, undisturbed", async (tell) => this.#drill?.flow(tell)),
        this.#step(`the functions of ${plan.regions[0]} are stopped`, async (tell) => this.#drill?.takeover(tell)),
      ],
      signal,
    );
  }

  #step(title: string, work: (tell: Tell) => Promise<void>): ShownStep {
    return {
      title,
      run: (tell) => {
        const working = work(tell);
        this.#working = working.catch(() => undefined);
        return working;
      },
    };
  }

  /** Destroys all that may stand. Not to be interrupted: what it would leave costs. */
  async destroy(): Promise<void> {
    const never = new AbortController().signal;
    await show([{ title: "pulumi destroy", run: (tell) => this.#down(tell) }], never);
  }

  /** What is still there. The folder of the backend stays as long as there is anything. */
  async leftovers(): Promise<readonly Leftover[]> {
    const { plan, account, home } = this.#options;
    const look = () => leftoversOf(account.clients, plan.everywhere, plan.environment);
    await removeLogs(account.clients, await look());
    const left = await look();
    if (left.length === 0) await rm(home, { recursive: true, force: true });
    return left;
  }

  async #up(tell: Tell): Promise<void> {
    const { plan, account, file, signal } = this.#options;
    const { endpoints, lease } = account;
    const previewed: Previewed = { file, endpoints, ...(lease !== undefined && { lease }) };
    process.env.ISTHMUS_PREVIEW = JSON.stringify(previewed);
    const partner = await this.#partner();
    signal.throwIfAborted();
    const config = { environment: "../scripts/preview/environment.ts" };
    const settings = {
      "preview-queue": partner.queueArn,
      "preview-role": partner.roleArn,
      "preview-external-id": plan.environment,
    };
    const global = { stack: plan.global, config: { ...config, settings }, secrets: { "preview-giver": this.#secret } };
    const regions = Object.values(plan.stacks).map((stack) => ({ stack, config }));
    const outputs = await deploy({ ...(await this.#stacks(tell)), stacks: [global, ...regions], signal });
    await this.#surround(outputs);
  }

  async #surround(outputs: Readonly<Record<string, StackOutputs>>): Promise<void> {
    const { plan, account, signal } = this.#options;
    const { regions, stacks } = plan;
    const replicated = [tables.gateway(plan), ...connectorNames.map((name) => tables.connector(plan, name))];
    account.begin(replicated, regions, functionName(plan, "keeper"));
    const hubs: Record<string, HubSide> = {};
    for (const region of regions) hubs[region] = await this.#hub(region);
    const entrances = Object.fromEntries(
      regions.map((region) => [region, account.entrance(region, outputs[stacks[region] ?? ""] ?? {}, "given")]),
    );
    const ledgers = { given: this.#given, sent: this.#sent };
    this.#drill = new Drill({
      account,
      scope: plan,
      regions,
      secret: this.#secret,
      entrances,
      hubs,
      ...ledgers,
      signal,
    });
  }

  #hub(region: string): Promise<HubSide> {
    const take = (id: string): void => void this.#given.taken.push({ id, region, at: performance.now() });
    return HubSide.open(this.#hubPlace(region), take, this.#over.signal);
  }

  #partner(): Promise<PartnerSide> {
    const take = (id: string): void => void this.#sent.taken.push({ id, region: null, at: performance.now() });
    return openPartner(this.#partnerPlace, take, this.#over.signal);
  }

  #hubPlace(region: string): HubPlace {
    const { plan, account } = this.#options;
    return { clients: account.clients, region, bus: busName(plan), name: nameOf("rule", plan, "drill", "hub") };
  }

  get #partnerPlace(): PartnerPlace {
    const { plan, account } = this.#options;
    const name = nameOf("role", plan, "drill", "partner");
    return { clients: account.clients, region: plan.regions[0] ?? "", name, externalId: plan.environment };
  }

  /** Whatever an earlier step, or an earlier run, made: what is not there is passed over. */
  async #down(tell: Tell): Promise<void> {
    const { plan, account } = this.#options;
    await this.#working;
    this.#over.abort();
    account.end();
    for (const region of plan.regions) await HubSide.remove(this.#hubPlace(region));
    await removePartner(this.#partnerPlace);
    const stacks = [plan.global, ...Object.values(plan.stacks)].map((stack) => ({ stack }));
    const options = { ...(await this.#stacks(tell)), stacks, remove: true, discard: ["*"] };
    // What was made when the engine was interrupted may not be ready to be deleted at the first attempt.
    await destroy(options).catch(() => destroy(options));
  }

  async #stacks(tell: Tell): Promise<Omit<StackOptions, "stacks">> {
    const engine = await findOrGetEngine({ onProgress: tell });
    return { engine, home: this.#options.home, onProgress: tell };
  }
}
