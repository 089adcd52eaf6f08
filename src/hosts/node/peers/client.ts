import { Pool } from "undici";
import type { Done, Peers, PullReply, PullRequest, Voter, VoterReply, VoterRequest } from "../../../core/ports.ts";
import { tunnelConnector } from "../../../drivers/http/network/tunnel.ts";
import { type Parse, parsePullReply, parseVoterReply } from "./messages.ts";

export interface PeerClientOptions {
  readonly token: string;
  /** How long a vote, or a pull beyond its own waiting time, may take. */
  readonly requestTimeoutMs: number;
  /** Url of an HTTP proxy that all calls go through. Default: none. */
  readonly proxy?: string;
}

/** Most bytes that are read of an answer. */
const limits = { vote: 1_000_000, pull: 64_000_000 } as const;

/** Calls to other processes of the environment. Votes never wait behind a pull: each kind has connections of its own. */
export class PeerClient {
  readonly #options: PeerClientOptions;
  readonly #pools = new Map<string, Pool>();
  readonly #ending = new AbortController();

  constructor(options: PeerClientOptions) {
    this.#options = options;
  }

  voter(name: string, url: string): Voter {
    const timeoutMs = this.#options.requestTimeoutMs;
    return {
      name,
      request: (request: VoterRequest, done: Done<VoterReply | null>) =>
        this.#call(url, "vote", request, timeoutMs, parseVoterReply, done),
    };
  }

  /** @param urls admin url of every other region */
  peers(urls: Readonly<Record<string, string>>): Peers {
    return {
      pull: (region: string, request: PullRequest, done: Done<PullReply | null>) => {
        const url = urls[region];
        if (url === undefined) return done(null);
        this.#call(url, "pull", request, request.waitMs + this.#options.requestTimeoutMs, parsePullReply, done);
      },
    };
  }

  async close(): Promise<void> {
    this.#ending.abort();
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #call<T>(
    url: string,
    kind: "vote" | "pull",
    body: unknown,
    timeoutMs: number,
    parse: Parse<T>,
    done: Done<T | null>,
  ): void {
    this.#post(url, kind, body, timeoutMs).then(
      (text) => done(text === null ? null : parse(text)),
      () => done(null),
    );
  }

  async #post(url: string, kind: "vote" | "pull", body: unknown, timeoutMs: number): Promise<string | null> {
    const { statusCode, body: answer } = await this.#pool(url, kind).request({
      method: "POST",
      path: `/peer/${kind}`,
      headers: { authorization: `Bearer ${this.#options.token}`, "content-type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), this.#ending.signal]),
    });
    if (statusCode === 200) return readUpTo(answer, limits[kind]);
    await answer.dump();
    return null;
  }

  #pool(url: string, kind: "vote" | "pull"): Pool {
    const name = `${kind} ${url}`;
    let pool = this.#pools.get(name);
    if (pool === undefined) {
      const { proxy, requestTimeoutMs } = this.#options;
      pool = new Pool(url, {
        connections: 8,
        keepAliveTimeout: 30_000,
        ...(proxy === undefined
          ? { connectTimeout: requestTimeoutMs }
          : { connect: tunnelConnector({ proxy, timeoutMs: requestTimeoutMs }) }),
      });
      this.#pools.set(name, pool);
    }
    return pool;
  }
}

const readUpTo = async (body: AsyncIterable<Buffer>, limit: number): Promise<string | null> => {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop ends the connection.
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
};
