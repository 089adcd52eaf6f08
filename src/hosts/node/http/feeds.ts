import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock, FeedAnswer, FeedReading } from "../../../core/ports.ts";
import type { Region } from "../../../core/region.ts";
import type { FeedResponse } from "../../../drivers/port.ts";
import type { Deployed, DeployedFeed } from "../connectors/deployed.ts";
import type { Telemetry } from "../telemetry/telemetry.ts";
import { notNow, wrongMethod } from "./answers.ts";

export interface FeedHandlerPorts {
  readonly region: Region;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  connector(name: string): Deployed | undefined;
}

/** Calls being answered at once, waiting ones included; beyond it readers come again. */
const mostCalls = 1_024;
/** Of these, of one reader: no reader can keep the others out. */
const mostOfReader = 32;
/** How much longer than the reader asked for an answer may take. Milliseconds. */
const patienceMs = 10_000;
const busyMs = 1_000;
const noBody = Buffer.alloc(0);

/** A call whose page is looked for. Answered once. */
interface Reader {
  readonly connector: DeployedFeed;
  readonly reading: FeedReading;
  answer(answer: FeedAnswer): void;
}

/** The feeds: `GET /<connector>`. */
export class FeedHandler {
  readonly #ports: FeedHandlerPorts;
  #open = 0;
  readonly #reading = new Set<Reader>();
  #closing = false;

  constructor(ports: FeedHandlerPorts) {
    this.#ports = ports;
  }

  /** Takes no more calls. Those that wait for news are answered with what there is. */
  close(): void {
    this.#closing = true;
    for (const reader of this.#reading) this.#read(reader, 0);
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
      if (asked.kind === "read") return this.#asked(connector, asked.reading, response);
      this.#ports.telemetry.refused(connector.spec.name, asked.response.status);
      write(response, asked.response);
    });
  }

  #asked(connector: DeployedFeed, reading: FeedReading, response: ServerResponse): void {
    const { clock, telemetry } = this.#ports;
    const { name } = connector.spec;
    const end = (): void => {
      timer.cancel();
      this.#reading.delete(reader);
    };
    const reader: Reader = {
      connector,
      reading,
      answer: (answer) => {
        if (!this.#reading.has(reader)) return;
        end();
        if (answer.kind === "page") telemetry.offered(name, reading.reader, answer.events.length);
        write(response, connector.server.response(reading, answer));
      },
    };
    const timer = clock.after(reading.waitMs + patienceMs, () => reader.answer(refused));
    const others = [...this.#reading].filter((each) => isSameReader(each, reader)).length;
    this.#reading.add(reader);
    response.once("close", end);
    if (others >= mostOfReader) reader.answer(refused);
    else this.#read(reader, this.#closing ? 0 : reading.waitMs);
  }

  #read({ connector, reading, answer }: Reader, waitMs: number): void {
    const { region } = this.#ports;
    const { name } = connector.spec;
    // It may have been removed while keys were fetched.
    if (this.#ports.connector(name) === undefined) answer(refused);
    else region.readFeed(name, { ...reading, waitMs }, answer);
  }
}

const refused: FeedAnswer = { kind: "refused", retryAfterMs: busyMs };

const isSameReader = (one: Reader, other: Reader): boolean =>
  one.connector.spec.name === other.connector.spec.name && one.reading.reader === other.reading.reader;

const write = (response: ServerResponse, { status, headers, body }: FeedResponse): void => {
  response.writeHead(status, { ...headers, "content-length": Buffer.byteLength(body) });
  response.end(body);
};
