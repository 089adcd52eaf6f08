// A partner that gives by an HTTP API, and comes again until it is answered well.
import { request } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { httpCall } from "../lambda/place.ts";
import type { Place } from "../ministack/functions.ts";

const pauseMs = 200;

export class HttpGiver {
  /** Status of each answer. */
  readonly answers: number[] = [];
  readonly #service: URL;
  readonly #host: string;

  /** @param host of the API */
  constructor({ url }: Place, host: string) {
    this.#service = new URL(url);
    this.#host = host;
  }

  /** All at once, each until it is acknowledged. */
  async give(ids: readonly string[]): Promise<void> {
    await Promise.all(
      ids.map(async (id) => {
        while ((await this.#once(id, JSON.stringify({ order: id }))) !== 202) await wait(pauseMs);
      }),
    );
  }

  #once(id: string, text: string): Promise<number> {
    const { hostname, port } = this.#service;
    const { headers, body } = httpCall(id, text);
    const call = { hostname, port, method: "POST", path: "/orders", headers: { ...headers, host: this.#host } };
    return new Promise((answered) => {
      const answer = (status: number): void => {
        this.answers.push(status);
        answered(status);
      };
      request(call, (response) => response.resume().once("end", () => answer(response.statusCode ?? 0)))
        .once("error", () => answer(0))
        .end(body);
    });
  }
}
