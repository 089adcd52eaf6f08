// Large payloads in a bucket of one region. Objects are named by what is in them, so that one may be put again.
import { setTimeout as wait } from "node:timers/promises";
import type { Done } from "../../core/done.ts";
import type { AwsAnswer, AwsClient } from "../client.ts";
import type { LargePayloads } from "../dynamo/large-payloads.ts";

export interface Bucket {
  readonly region: string;
  readonly name: string;
}

export interface S3PayloadsOptions {
  readonly client: AwsClient;
  /** Where payloads are put, and looked for first. */
  readonly bucket: Bucket;
  /** Put before every name: an object is reached by nothing else. Default: nothing. */
  readonly prefix?: string;
  /** Buckets of other regions, where payloads may be that are not here. Default: none. */
  readonly others?: readonly Bucket[];
  /** Payloads are put into the other buckets too, as far as those answer: one try, which is waited for. Default false. */
  readonly copies?: boolean;
  /** For one attempt, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
}

interface ObjectCall {
  readonly bucket: Bucket;
  readonly method: "GET" | "PUT" | "DELETE";
  readonly name: string;
  readonly body?: string;
  /** Default 3. */
  readonly attempts?: number;
}

const pauseMs = 100;

export class S3Payloads implements LargePayloads {
  readonly #options: S3PayloadsOptions;

  constructor(options: S3PayloadsOptions) {
    this.#options = options;
  }

  put(name: string, text: string, done: Done<boolean>): void {
    const { bucket, copies = false } = this.#options;
    const call = { method: "PUT", name, body: text } as const;
    const copied = copies ? this.#others().map((other) => this.#call({ ...call, bucket: other, attempts: 1 })) : [];
    void Promise.all([this.#call({ ...call, bucket }), ...copied]).then(([answer]) => done(isWell(answer)));
  }

  get(name: string, done: Done<string | null>): void {
    void this.#found(name).then(done);
  }

  remove(name: string, done: () => void): void {
    const buckets = [this.#options.bucket, ...this.#others()];
    const removed = buckets.map((bucket) => this.#call({ bucket, method: "DELETE", name, attempts: 1 }));
    void Promise.all(removed).then(() => done());
  }

  async #found(name: string): Promise<string | null> {
    for (const bucket of [this.#options.bucket, ...this.#others()]) {
      const answer = await this.#call({ bucket, method: "GET", name });
      if (isWell(answer)) return answer.body;
    }
    return null;
  }

  #others(): readonly Bucket[] {
    return this.#options.others ?? [];
  }

  async #call({ bucket, method, name, body, attempts = 3 }: ObjectCall): Promise<AwsAnswer> {
    const { client, prefix = "", timeoutMs = 5_000 } = this.#options;
    const path = `${bucket.name}/${prefix}${name}`;
    const call = { service: "s3", region: bucket.region, path, method, timeoutMs };
    for (let attempt = 1; ; attempt += 1) {
      const answer = await client.call({ ...call, ...(body !== undefined && { body }) });
      const again = answer.kind === "silent" || answer.status >= 500;
      if (!again || attempt >= attempts) return answer;
      await wait(pauseMs * attempt);
    }
  }
}

const isWell = (answer: AwsAnswer | undefined): answer is Extract<AwsAnswer, { kind: "answered" }> =>
  answer?.kind === "answered" && answer.status >= 200 && answer.status < 300;
