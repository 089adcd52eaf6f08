// Large payloads in a bucket of one region. Objects are named by what is in them, so that one may be put again.
import { setTimeout as wait } from "node:timers/promises";
import type { Done } from "../../core/done.ts";
import type { AwsAnswer, AwsClient } from "../client.ts";
import type { LargePayloads } from "../dynamo/large-payloads.ts";

export interface S3PayloadsOptions {
  readonly client: AwsClient;
  readonly region: string;
  readonly bucket: string;
  /** For one attempt, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
}

const attempts = 3;
const pauseMs = 100;

export class S3Payloads implements LargePayloads {
  readonly #options: S3PayloadsOptions;

  constructor(options: S3PayloadsOptions) {
    this.#options = options;
  }

  put(name: string, text: string, done: Done<boolean>): void {
    void this.#call("PUT", name, text).then((answer) => done(isWell(answer)));
  }

  get(name: string, done: Done<string | null>): void {
    void this.#call("GET", name).then((answer) => done(isWell(answer) ? answer.body : null));
  }

  async #call(method: "GET" | "PUT", name: string, body?: string): Promise<AwsAnswer> {
    const { client, region, bucket, timeoutMs = 5_000 } = this.#options;
    const call = { service: "s3", region, path: `${bucket}/${name}`, method, timeoutMs };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await client.call({ ...call, ...(body !== undefined && { body }) });
      const again = answer.kind === "silent" || answer.status >= 500;
      if (!again || attempt >= attempts) return answer;
      await wait(pauseMs * attempt);
    }
  }
}

const isWell = (answer: AwsAnswer): answer is Extract<AwsAnswer, { kind: "answered" }> =>
  answer.kind === "answered" && answer.status >= 200 && answer.status < 300;
