/** One request and what came of it. */
import type { IncomingHttpHeaders } from "node:http";
import type { Dispatcher, Pool } from "undici";
import type { Clock, Done, Sending, Timer } from "../../../core/ports.ts";
import type { HttpResponse } from "../../../define/model.ts";
import { parseJson } from "../json.ts";
import { type Failure, failureOf } from "./errors.ts";

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: string[];
  readonly body: string | Buffer | null;
}

export interface ExchangeOptions {
  readonly clock: Clock;
  readonly timeoutMs: number;
  /** Asked in the tick in which the request would be written, after the connection stands. */
  readonly mayWrite: () => boolean;
  /** Whether the body of the answer is looked at; else it is thrown away as it comes. */
  readonly readsBody: boolean;
  /** Longest body of an answer that is taken, in bytes. */
  readonly longestBytes: number;
}

export type Outcome =
  | { readonly kind: "answer"; readonly response: HttpResponse }
  | ({ readonly kind: "error" } & Failure);

/** Longest body of an answer to what we send, in bytes. */
export const longestAnswer = 1_000_000;

/** Sends one request. `done` is called once, with what is known at its end; the connection is cut where that is early. */
export const exchange = (pool: Pool, request: Request, options: ExchangeOptions, done: Done<Outcome>): Sending => {
  const handler = new Exchange(options, done);
  pool.dispatch(request, handler);
  return handler;
};

class Exchange implements Dispatcher.DispatchHandler, Sending {
  readonly #options: ExchangeOptions;
  readonly #done: Done<Outcome>;
  readonly #timer: Timer;
  #controller: Dispatcher.DispatchController | null = null;
  #ended = false;
  #status: { readonly status: number; readonly headers: IncomingHttpHeaders } | null = null;
  #chunks: Buffer[] = [];
  #length = 0;

  constructor(options: ExchangeOptions, done: Done<Outcome>) {
    this.#options = options;
    this.#done = done;
    this.#timer = options.clock.after(options.timeoutMs, () => this.#cut("timeout", `${options.timeoutMs} ms`));
  }

  abort(): void {
    this.#cut("aborted");
  }

  /** undici calls this in the tick in which it writes the request, once a connection is free. */
  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (!this.#ended && this.#options.mayWrite()) {
      this.#controller = controller;
      return;
    }
    this.#end({ kind: "error", error: "aborted-before-write", detail: "not allowed to write" });
    controller.abort(notWritten);
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    // Below 200 stand hints that come before the answer.
    if (status >= 200) this.#status = { status, headers };
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#length += chunk.length;
    const { longestBytes } = this.#options;
    if (this.#length > longestBytes) this.#cut("unreadable", `the answer is longer than ${longestBytes} bytes`);
    else if (this.#options.readsBody) this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#status !== null) this.#end({ kind: "answer", response: this.#response(this.#status) });
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#endWith(failureOf(error, this.#controller !== null));
  }

  #cut(why: "timeout" | "aborted" | "unreadable", detail: string = why): void {
    if (this.#ended) return;
    const when = this.#controller === null ? "before" : "after";
    this.#endWith({ error: why === "unreadable" ? "answer-unreadable" : `${why}-${when}-write`, detail });
    this.#controller?.abort(cutShort);
  }

  /** A status that was seen is an answer, even if its body was cut, unless the body is what is to be judged. */
  #endWith(failure: Failure): void {
    const status = this.#status;
    if (status === null || this.#options.readsBody) this.#end({ kind: "error", ...failure });
    else this.#end({ kind: "answer", response: this.#response(status) });
  }

  #end(outcome: Outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#timer.cancel();
    this.#chunks = [];
    this.#done(outcome);
  }

  #response({ status, headers }: { readonly status: number; readonly headers: IncomingHttpHeaders }): HttpResponse {
    const flat: Record<string, string> = {};
    for (const name in headers) {
      const value = headers[name];
      if (value !== undefined) flat[name] = typeof value === "string" ? value : value.join(", ");
    }
    return { status, headers: flat, body: this.#options.readsBody ? this.#body(flat["content-type"]) : null };
  }

  /** JSON as a value where it is said to be JSON and is; else text. */
  #body(contentType: string | undefined): unknown {
    const text = Buffer.concat(this.#chunks).toString("utf8");
    const value = contentType?.includes("json") === true ? parseJson(text) : undefined;
    return value === undefined ? text : value;
  }
}

const notWritten = new Error("the request was not written");
const cutShort = new Error("the request was cut short");
