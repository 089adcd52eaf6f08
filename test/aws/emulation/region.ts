// One emulated region: its services, its functions, and what is asked of them.
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { StackOutputs } from "../../../scripts/deploy/deploy.ts";
import { DynamoTable } from "../../../src/aws/dynamo/dynamo-table.ts";
import type { Item, ItemKey } from "../../../src/aws/dynamo/table.ts";
import { clientFor } from "../ministack/functions.ts";
import { type Ministack, startMinistack } from "../ministack/ministack.ts";
import { killWorkers } from "../ministack/workers.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const answerMs = 5_000;

export class EmulatedRegion {
  readonly name: string;
  readonly #logs: string | null;
  #service: Ministack;
  #outputs: StackOutputs = {};
  #isLost = false;

  private constructor(name: string, service: Ministack, logs: string | null) {
    this.name = name;
    this.#service = service;
    this.#logs = logs;
  }

  /** @param logs folder that what its services say goes to; null: nowhere */
  static async open(name: string, logs: string | null): Promise<EmulatedRegion> {
    return new EmulatedRegion(name, await started(name, logs), logs);
  }

  get service(): Ministack {
    return this.#service;
  }

  /** Whether all that it had is gone, and nothing has taken its place. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** What its stack says. */
  set outputs(outputs: StackOutputs) {
    this.#outputs = outputs;
  }

  /** Path of its API on its services; the path of a connector comes after it. @throws before it was deployed */
  get apiPath(): string {
    const { accept } = { accept: "", ...Object(this.#outputs.health) };
    return `/_aws/execute-api/${firstLabel(accept, this.name)}/$default`;
  }

  /** Asks its admin function. What it answers as JSON; null: it does not answer within 5 s, or not with 2xx. */
  async admin(method: "GET" | "POST", path: string, body?: unknown): Promise<unknown> {
    const { adminUrl } = { adminUrl: "", ...Object(this.#outputs.admin) };
    const answer = await clientFor(this.#service).call({
      service: "lambda",
      region: this.name,
      url: `${this.#service.url}/_aws/lambda-url/${firstLabel(adminUrl, this.name)}${path}`,
      method,
      ...(body !== undefined && { body: JSON.stringify(body), headers: { "content-type": "application/json" } }),
      timeoutMs: answerMs,
    });
    return answer.kind === "answered" && answer.status >= 200 && answer.status < 300 ? JSON.parse(answer.body) : null;
  }

  /** What stands in a table; nothing where it does not answer. */
  get(table: string, keys: readonly ItemKey[]): Promise<readonly (Item | null)[]> {
    const from = new DynamoTable({ client: clientFor(this.#service), region: this.name, name: table });
    return new Promise((done) => from.get(keys, true, (got) => done(got.kind === "got" ? got.items : [])));
  }

  /** Calls a function as a schedule does. Nothing is told where it runs already, or the region is away. */
  async call(name: string, withinMs: number): Promise<void> {
    const client = new LambdaClient({ region: this.name, endpoint: this.#service.url, credentials, maxAttempts: 1 });
    const command = new InvokeCommand({ FunctionName: name, InvocationType: "Event" });
    await client.send(command, { abortSignal: AbortSignal.timeout(withinMs) }).catch(() => undefined);
    client.destroy();
  }

  /** Its services are silent and its functions end in the middle of whatever they do; what is stored stays, as on AWS. */
  kill(): void {
    this.freeze();
    killWorkers(this.#service);
  }

  freeze(): void {
    this.#service.signal("SIGSTOP");
  }

  wake(): void {
    this.#service.signal("SIGCONT");
  }

  /** All that it stored is gone with it. */
  async lose(): Promise<void> {
    this.#isLost = true;
    await this.#service.kill();
  }

  /** Empty services take the place of those that were lost. */
  async begin(): Promise<void> {
    this.#service = await started(this.name, this.#logs, this.#service.port);
    this.#isLost = false;
  }
}

async function started(region: string, logs: string | null, port?: number): Promise<Ministack> {
  const log = logs === null ? undefined : openSync(join(logs, `${region}.log`), "a");
  try {
    return await startMinistack({ region, ...(log !== undefined && { log }), ...(port !== undefined && { port }) });
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

/** The name that the emulator gave an API or a function's url. */
function firstLabel(url: unknown, region: string): string {
  if (typeof url !== "string" || url === "") throw new Error(`region ${region} is not deployed`);
  return new URL(url).hostname.split(".")[0] ?? "";
}
