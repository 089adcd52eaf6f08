import type { AcceptAnswer } from "../../../core/acceptor.ts";
import { httpAnswers } from "../../../define/policy.ts";
import type { InboundRequest, ReceiveResult, Receiver } from "../../../drivers/port.ts";
import type { HealthAnswer } from "../../shared/health.ts";
import { acceptAll, otherContent } from "../../shared/receiving.ts";
import type { Drain } from "../runtime/drain.ts";
import type { RegionHealth } from "../runtime/health.ts";
import type { HeldSecrets } from "../runtime/secrets.ts";
import type { Accepting } from "./accepting.ts";
import { answered, type HttpAnswer, inboundOf, notNow } from "./http-event.ts";

export interface HttpDoorPorts {
  readonly receiver: Receiver;
  readonly onConflict: "keep" | "reject";
  /** Longest payload that the store takes, in bytes. */
  readonly longestPayload: number;
  readonly secrets: Pick<HeldSecrets, "refresh">;
  readonly accepting: Accepting;
  readonly drain: Drain;
  readonly health: RegionHealth;
}

/** What was read a moment ago is not read again for one who proves nothing. Milliseconds. */
const recentMs = 2_000;
const drainingRetryMs = 60_000;
const unverifiableRetryMs = 5_000;
const tooLarge = answered(httpAnswers.tooLarge, '{"error":"the body is too large"}');

/** The accept path of a receiver. An answer of 2xx means that the message is durable. */
export class HttpDoor {
  readonly #ports: HttpDoorPorts;

  constructor(ports: HttpDoorPorts) {
    this.#ports = ports;
  }

  async answer(event: unknown): Promise<HttpAnswer> {
    const inbound = inboundOf(event, this.#ports.receiver.limitBytes);
    if (inbound.kind === "too-large") return tooLarge;
    if (inbound.path.endsWith("/health/accept")) return this.#healthAccept();
    if (inbound.path.endsWith("/health/act")) return toldOf(await this.#ports.health.act());
    const [known, draining] = await Promise.all([this.#ports.secrets.refresh(), this.#ports.drain.asked()]);
    if (draining) return notNow("draining", drainingRetryMs);
    if (!known) return notNow("cannot be verified now", unverifiableRetryMs);
    return this.#taken(await this.#proved(inbound.request));
  }

  /** A giver may sign with a new value before it was read here. */
  async #proved(request: InboundRequest): Promise<ReceiveResult> {
    const first = await this.#receive(request);
    if (first.kind === "messages" || first.status !== httpAnswers.unproved) return first;
    await this.#ports.secrets.refresh(recentMs);
    return this.#receive(request);
  }

  #receive(request: InboundRequest): Promise<ReceiveResult> {
    return new Promise((done) => this.#ports.receiver.receive(request, done));
  }

  async #taken(result: ReceiveResult): Promise<HttpAnswer> {
    if (result.kind === "refused") {
      const { status, body, retryAfter } = result;
      return answered(status, body, retryAfter === undefined ? {} : { "retry-after": String(retryAfter) });
    }
    const { accepting, onConflict, longestPayload } = this.#ports;
    const { inputs, answerStatus, answerBody } = result;
    if (inputs.some(({ payload }) => Buffer.byteLength(payload) > longestPayload)) return tooLarge;
    const worst = await new Promise<AcceptAnswer>((done) =>
      acceptAll(inputs, onConflict, (input, accepted) => accepting.accept(input, accepted), done),
    );
    if (worst.kind === "refused") return notNow(worst.reason, worst.retryAfterMs);
    return worst.kind === "repeated"
      ? answered(httpAnswers.conflict, otherContent)
      : answered(answerStatus, answerBody);
  }

  async #healthAccept(): Promise<HttpAnswer> {
    const { accepting, health } = this.#ports;
    const answers = await new Promise<boolean>((done) => accepting.probe(done));
    return toldOf(await health.accept(answers));
  }
}

const toldOf = (told: HealthAnswer): HttpAnswer =>
  answered(told.well ? 200 : httpAnswers.unavailable, JSON.stringify(told));
