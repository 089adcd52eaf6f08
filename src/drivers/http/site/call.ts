/** A request that is proved to the site, then sent; once more where the site refuses a proof that can be made anew. */
import type { Done, Sending, Timer } from "../../../core/ports.ts";
import { errorTable } from "../../../define/taxonomy.ts";
import type { Proving } from "../auth/proving.ts";
import type { Composed, NotComposed } from "./composition.ts";
import { type ExchangeOptions, exchange, type Outcome } from "./exchange.ts";
import type { Site } from "./site.ts";

export type Called = Outcome | NotComposed;

/** `done` is called once. `options.timeoutMs` is for all of it. */
export const callSite = (site: Site, request: Composed, options: ExchangeOptions, done: Done<Called>): Sending =>
  new Call(site, request, options, done);

class Call implements Sending {
  readonly #site: Site;
  readonly #request: Composed;
  readonly #options: ExchangeOptions;
  readonly #done: Done<Called>;
  readonly #beganAtMs: number;
  /** null while the proof is fetched. */
  #open: Sending | null = null;
  #ended = false;
  /** The first answer, where it refused the proof. It stands unless the request is written again. */
  #refusal: Outcome | null = null;

  constructor(site: Site, request: Composed, options: ExchangeOptions, done: Done<Called>) {
    this.#site = site;
    this.#request = request;
    this.#options = options;
    this.#done = done;
    this.#beganAtMs = options.clock.monotonicMs();
    this.#prove();
  }

  abort(): void {
    if (this.#open !== null) this.#open.abort();
    else this.#end({ kind: "error", error: "aborted-before-write", detail: "aborted" });
  }

  get #leftMs(): number {
    const { timeoutMs, clock } = this.#options;
    return timeoutMs - (clock.monotonicMs() - this.#beganAtMs);
  }

  #prove(): void {
    let proving: Proving | null = null;
    let timer: Timer | null = null;
    this.#site.authenticator.prove(this.#request, (given) => {
      proving = given;
      timer?.cancel();
      this.#proved(given);
    });
    if (proving !== null) return;
    timer = this.#options.clock.after(this.#leftMs, () => this.#unproved("no credentials in time"));
  }

  #proved(proving: Proving): void {
    if (this.#ended) return;
    if (proving.kind !== "proved") return this.#unproved(proving.reason);
    const { method, fields, body } = this.#request;
    const { path = this.#request.path } = proving;
    const written = { method, path, headers: fields.flat(), body };
    const options = { ...this.#options, timeoutMs: this.#leftMs };
    this.#open = exchange(this.#site.pool, written, options, (outcome) => this.#answered(outcome));
  }

  #answered(outcome: Outcome): void {
    this.#open = null;
    if (this.#refusal !== null) return this.#end(isUnsent(outcome) ? this.#refusal : outcome);
    const unauthorized = outcome.kind === "answer" && outcome.response.status === 401;
    if (!unauthorized || this.#leftMs <= 0 || !this.#site.authenticator.refused(this.#request)) {
      return this.#end(outcome);
    }
    this.#refusal = outcome;
    this.#prove();
  }

  #unproved(reason: string): void {
    this.#end(this.#refusal ?? { kind: "no-credentials", reason });
  }

  #end(called: Called): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#done(called);
  }
}

const isUnsent = (outcome: Outcome): boolean => outcome.kind === "error" && !errorTable[outcome.error].sent;
