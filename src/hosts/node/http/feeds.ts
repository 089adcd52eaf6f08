import type { IncomingMessage, ServerResponse } from "node:http";
import type { FeedAnswer, FeedReading } from "../../../core/ports.ts";
import type { Region } from "../../../core/region.ts";
import type { FeedResponse } from "../../../drivers/port.ts";
import type { Deployed, DeployedFeed } from "../connectors/deployed.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { notNow, wrongMethod } from "./answers.ts";

export interface FeedHandlerPorts {
  readonly region: Pick<Region, "readFeed">;
  readonly telemetry: Pick<Telemetry, "offered" | "refused">;
  connector(name: string): Deployed | undefined;
}

/** Calls being answered at once, whoever makes them; beyond it callers come again. Each may hold a page. */
const mostCalls = 4_096;
const noBody = Buffer.alloc(0);
const refused: FeedAnswer = { kind: "refused", retryAfterMs: 1_000 };

/** The feeds: `GET /<connector>`. */
export class FeedHandler {
  readonly #ports: FeedHandlerPorts;
  /** Answers of the calls that are read for; each answers once. */
  readonly #waiting = new Set<(answer: FeedAnswer) => void>();
  #open = 0;
  #closing = false;

  constructor(ports: FeedHandlerPorts) {
    this.#ports = ports;
  }

  /** Takes no more calls, and sends those that wait for news to another region. */
  close(): void {
    this.#closing = true;
    for (const answer of this.#waiting) answer(refused);
  }

  handle(connector: DeployedFeed, request: IncomingMessage, response: ServerResponse): void {
    if (request.method !== "GET") return wrongMethod(request, response, "GET");
    if (this.#closing) return notNow(request, response, { reason: "stopping", afterS: 1 });
    if (this.#open >= mostCalls) return notNow(request, response, { reason: "busy", afterS: 1 });
    this.#open += 1;
    response.once("close", () => {
      this.#open -= 1;
    });
    const { method, url = "/", headers } = request;
    connector.server.request({ method, url, headers, body: noBody }, (asked) => {
      if (asked.kind === "read") return this.#read(connector, asked.reading, response);
      this.#ports.telemetry.refused(connector.spec.name, asked.response.status);
      write(response, asked.response);
    });
  }

  #read({ spec: { name }, server }: DeployedFeed, reading: FeedReading, response: ServerResponse): void {
    // It may have gone while keys were fetched: nobody would tell of that once more.
    if (response.destroyed) return;
    const { region, telemetry } = this.#ports;
    const answer = (given: FeedAnswer): void => {
      if (!this.#waiting.delete(answer)) return;
      if (given.kind === "page") telemetry.offered(name, reading.reader, given.events.length);
      write(response, server.response(reading, given));
    };
    this.#waiting.add(answer);
    // Meanwhile, while keys were fetched, it may have been removed.
    if (this.#closing || this.#ports.connector(name) === undefined) return answer(refused);
    const sending = region.readFeed(name, reading, answer);
    // A reader that went is not waited with: its next call would be one too many.
    response.once("close", () => {
      if (this.#waiting.delete(answer)) sending.abort();
    });
  }
}

const write = (response: ServerResponse, { status, headers, body }: FeedResponse): void => {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
};
