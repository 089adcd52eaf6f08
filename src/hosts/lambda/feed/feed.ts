import { hkdfSync } from "node:crypto";
import type { FeedServer } from "../../../drivers/port.ts";
import { Unsupported } from "../../../drivers/unsupported.ts";
import { answered, type HttpAnswer, inboundOf, notNow } from "../accept/http-event.ts";
import type { ConnectorParts } from "../runtime/connector.ts";
import { type Hall, hallOf } from "../runtime/hall.ts";
import { HeldSecrets } from "../runtime/secrets.ts";
import { type Handler, type Invocation, onLambda, type Surroundings } from "../runtime/surroundings.ts";
import { readPage } from "./page.ts";

/** The function that readers call through an HTTP API. Any region serves them; it needs no lease. */
export const serveFeed = (parts: ConnectorParts, surroundings: Surroundings = onLambda): Handler<HttpAnswer> => {
  let door: FeedDoor | null = null;
  return (event, invocation) => {
    door ??= new FeedDoor(parts, hallOf(parts, surroundings));
    return door.answer(event, invocation);
  };
};

/** Nothing of a reader's call is looked at but its head. Bytes. */
const longestBody = 10_000;
const retryMs = 5_000;

class FeedDoor {
  readonly #parts: ConnectorParts;
  readonly #hall: Hall;
  readonly #cursorSecret: HeldSecrets;
  readonly #cursorName: string;
  #server: { readonly signedBy: string; readonly server: FeedServer } | null = null;

  constructor(parts: ConnectorParts, hall: Hall) {
    this.#parts = parts;
    this.#hall = hall;
    const { config, client, clock, log } = hall;
    if (config.cursorSecret === null) throw new Error("cursorSecret: a feed needs one, to sign its cursors");
    this.#cursorName = config.cursorSecret;
    const names = [config.cursorSecret];
    this.#cursorSecret = new HeldSecrets({ client, region: config.region, prefix: "", names, clock, log });
  }

  async answer(event: unknown, invocation: Invocation): Promise<HttpAnswer> {
    const inbound = inboundOf(event, longestBody);
    if (inbound.kind === "too-large" || inbound.request.method !== "GET") {
      return answered(405, '{"error":"only GET is answered"}', { allow: "GET" });
    }
    const known = await Promise.all([this.#hall.secrets.refresh(), this.#cursorSecret.refresh()]);
    const server = this.#serverNow();
    if (known.includes(false) || server === null) return notNow("cannot be verified now", retryMs);
    const { request } = inbound;
    const asked = await new Promise<Parameters<Parameters<FeedServer["request"]>[1]>[0]>((done) =>
      server.request(request, done),
    );
    if (asked.kind === "answer") return answerOf(asked.response);
    const page = await readPage(this.#hall, asked.reading, invocation);
    return answerOf(server.response(asked.reading, page));
  }

  /** null: there is nothing to sign cursors by. */
  #serverNow(): FeedServer | null {
    const [secret = ""] = this.#cursorSecret.of(this.#cursorName);
    if (secret === "") return null;
    if (this.#server?.signedBy !== secret) this.#server = { signedBy: secret, server: this.#serverBy(secret) };
    return this.#server.server;
  }

  #serverBy(secret: string): FeedServer {
    const { driver } = this.#parts;
    const { connector, context } = this.#hall;
    if (connector.spec.role !== "feed" || driver.feed === undefined) {
      throw new Unsupported("via", `the driver '${connector.spec.driver}' has no role 'feed'`);
    }
    const cursorKey = new Uint8Array(hkdfSync("sha256", secret, "", "isthmus feed cursor", 32));
    return driver.feed(connector.spec, { ...context, cursorKey });
  }
}

const answerOf = ({ status, headers, body }: ReturnType<FeedServer["response"]>): HttpAnswer => ({
  statusCode: status,
  headers,
  body,
});
