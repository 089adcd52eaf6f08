// The model partner as a drill sees it: a process, two sites, a control port and a ledger to read.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import * as z from "zod";
import type { SiteName } from "../partner/config.ts";
import type { Fault } from "../partner/faults.ts";
import { type Line, readLedger } from "../partner/ledger.ts";
import { type Running, run } from "./process.ts";

const main = join(import.meta.dirname, "..", "partner", "main.ts");
const urls = z.object({ primary: z.url(), secondary: z.url(), control: z.url() });
const stopped = z.object({ lost: z.int() });
const siteSummary = z.object({ stopped: z.boolean(), effects: z.int(), unreplicated: z.int() });
const summary = z.object({ primary: siteSummary, secondary: siteSummary });

export interface PartnerSettings {
  readonly ports?: { readonly primary: number; readonly secondary: number; readonly control: number };
  readonly secrets: readonly string[];
  readonly lagMs?: number;
  readonly idempotent?: boolean;
  readonly key?: string;
}

export class PartnerProcess {
  readonly #process: Running<z.output<typeof urls>>;
  readonly #ledger: string;

  private constructor(process: Running<z.output<typeof urls>>, ledger: string) {
    this.#process = process;
    this.#ledger = ledger;
  }

  /** Starts the partner; its configuration and ledger lie in `folder`. */
  static async start(folder: string, settings: PartnerSettings): Promise<PartnerProcess> {
    const ledger = join(folder, "partner.jsonl");
    const config = join(folder, "partner.json");
    mkdirSync(dirname(config), { recursive: true });
    writeFileSync(config, JSON.stringify({ ...settings, ledger }), { mode: 0o600 });
    const running = await run([main, "--config", config], (line) => urls.parse(line));
    return new PartnerProcess(running, ledger);
  }

  get pid(): number {
    return this.#process.pid;
  }

  get urls(): { readonly primary: string; readonly secondary: string; readonly control: string } {
    return this.#process.ready;
  }

  ledger(): readonly Line[] {
    return readLedger(this.#ledger);
  }

  async fault(site: SiteName, fault: Fault): Promise<void> {
    await this.#control(`/sites/${site}/fault`, { method: "PUT", body: JSON.stringify(fault) });
  }

  /** Stops a site; with loss, returns how many effects died with it. */
  async stopSite(site: SiteName, loss: boolean): Promise<number> {
    return stopped.parse(await this.#control(`/sites/${site}/stop?loss=${loss}`, { method: "POST" })).lost;
  }

  async startSite(site: SiteName): Promise<void> {
    await this.#control(`/sites/${site}/start`, { method: "POST" });
  }

  async summary(): Promise<z.output<typeof summary>> {
    return summary.parse(await this.#control("/summary", {}));
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  async #control(path: string, init: RequestInit): Promise<unknown> {
    const answer = await fetch(`${this.urls.control}${path}`, init);
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }
}
