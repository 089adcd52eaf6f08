// A clone of the project with a partner and stacks of its own, so that a test may edit definitions and see that nothing
// is left.
import { join } from "node:path";
import { sign } from "@octokit/webhooks-methods";
import type { StackOptions, StackRequest } from "../../scripts/deploy/deploy.ts";
import { findOrGetEngine } from "../../scripts/engine/engine.ts";
import { PartnerProcess } from "../drills/partner.ts";
import { Clone } from "./clone.ts";

export { freeBasePort } from "./clone.ts";

const WEBHOOK_SECRET = "github-webhook-secret-of-the-test";
const SIGNING_SECRET = `whsec_${Buffer.from("a signing secret for the tests..").toString("base64")}`;
const MODE = "active-active";

export class World {
  readonly environment: string;
  readonly clone: Clone;
  readonly partner: PartnerProcess;
  /** What every engine operation is given; `stacks` are all three. */
  readonly options: StackOptions;

  private constructor(fields: Pick<World, "environment" | "clone" | "partner" | "options">) {
    this.environment = fields.environment;
    this.clone = fields.clone;
    this.partner = fields.partner;
    this.options = fields.options;
  }

  /** Makes the clone and starts the partner; deploys nothing. */
  static async make(name: string): Promise<World> {
    const engine = await findOrGetEngine({ onProgress: (message) => process.stderr.write(`${message}\n`) });
    const clone = await Clone.make();
    const { folder, basePort } = clone;
    const ports = { primary: 0, secondary: 0, control: 0 };
    const partner = await PartnerProcess.start(join(folder, "partner"), { ports, secrets: [SIGNING_SECRET] });
    const environment = `preview-${name}`;
    const loopback = [partner.urls.primary, partner.urls.secondary].map((url) => new URL(url).host);
    const settings = { "billing-url-primary": partner.urls.primary, "billing-url-secondary": partner.urls.secondary };
    const stacks: StackRequest[] = [
      {
        stack: `${environment}.global`,
        config: { basePort, loopback, settings },
        secrets: { "github-webhook": WEBHOOK_SECRET, "billing-signing": SIGNING_SECRET },
      },
      ...["east", "west"].map((region) => ({ stack: `${environment}.${region}.${MODE}` })),
    ];
    const options = { engine, stacks, home: join(folder, "state"), project: folder };
    return new World({ environment, clone, partner, options });
  }

  get folder(): string {
    return this.clone.folder;
  }

  /** The options for the stack of one region. */
  only(region: string): StackOptions {
    return { ...this.options, stacks: [{ stack: this.stackOf(region) }] };
  }

  stackOf(region: string): string {
    return `${this.environment}.${region}.${MODE}`;
  }

  process(region: string) {
    return { home: join(this.folder, "state"), environment: this.environment, mode: MODE, region } as const;
  }

  /** Gives a push as GitHub would. @returns the status. */
  async push(endpoint: string, id: string): Promise<number> {
    const body = JSON.stringify({ repository: { full_name: "octo/hello" }, sender: { login: "octocat" }, ref: id });
    const answer = await fetch(endpoint, {
      method: "POST",
      body,
      headers: {
        "content-type": "application/json",
        "x-github-event": "push",
        "x-github-delivery": id,
        "x-hub-signature-256": await sign(WEBHOOK_SECRET, body),
      },
    });
    await answer.arrayBuffer();
    return answer.status;
  }

  /** How many effects the partner made, by its own ledger. */
  effects(): number {
    return this.partner.ledger().filter((line) => line.kind === "request" && line.effect !== null && !line.duplicate)
      .length;
  }

  async end(): Promise<void> {
    await this.partner.stop();
    this.clone.remove();
  }
}
