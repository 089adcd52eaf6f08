/** Role receive: the partner calls us. Limit, verify, identify; the core then accepts and the host answers. */
import type { AcceptInput } from "../../../core/acceptor.ts";
import type { Clock, Done } from "../../../core/ports.ts";
import { DefinitionFault } from "../../../define/faults.ts";
import { httpAnswers } from "../../../define/policy.ts";
import type { IngressFunctions, ReceiveSpec, SpecOf } from "../../../define/spec.ts";
import type { DriverContext, InboundRequest, ReceiveResult, Receiver, Refusal } from "../../port.ts";
import { Unsupported } from "../../unsupported.ts";
import { documentReader } from "../network/documents.ts";
import type { Proof } from "../proof/proof.ts";
import { type Verifier, verifierOf } from "../proof/verifier.ts";
import { cloudEventMode, eventsIn, type Item } from "./cloudevents.ts";
import { type Identify, identifier } from "./identify.ts";
import { type MessageWriter, messageWriter } from "./message.ts";

const refusal = (status: Refusal["status"], error: string, retryAfter?: number): Refusal => ({
  kind: "refused",
  status,
  body: JSON.stringify({ error }),
  ...(retryAfter === undefined ? {} : { retryAfter }),
});

const refusals = {
  method: refusal(405, "only POST is accepted"),
  limit: refusal(httpAnswers.tooLarge, "the body is too large"),
  encoding: refusal(415, "content-encoding is not supported: send the body as it is"),
  /** No detail: it would help to guess. */
  proof: refusal(httpAnswers.unproved, "not verified"),
  unavailable: refusal(httpAnswers.unavailable, "cannot be verified now", 5),
  unreadable: refusal(httpAnswers.unreadable, "the message cannot be read"),
};

/** What the host answers where it stopped reading at `limitBytes`. */
export const tooLarge: Refusal = refusals.limit;

/** Which of their sites called: a call does not tell where the partner has several. */
const siteOf = ({ partner }: ReceiveSpec): string => {
  const [only, ...others] = Object.keys(partner.sites);
  return only !== undefined && others.length === 0 ? only : "unknown";
};

/** A fault is written for the giver's eyes; any other error might show what is ours. */
const toldToGiver = (error: unknown): string =>
  error instanceof DefinitionFault ? error.message : "the message cannot be read by the connector's definition";

export class HttpReceiver implements Receiver {
  readonly kind = "request";
  readonly limitBytes: number;
  readonly #source: string;
  readonly #site: string;
  readonly #answer: { readonly status: number; readonly body: string };
  readonly #clock: Clock;
  readonly #verifier: Verifier;
  readonly #identify: Identify;
  readonly #write: MessageWriter;

  constructor(
    spec: SpecOf<"http", ReceiveSpec>,
    functions: IngressFunctions,
    { secrets, clock, network }: DriverContext,
  ) {
    const { options, partner } = spec;
    if (options.challenge !== null) {
      throw new Unsupported("via.challenge", `the ${options.challenge} handshake is not built yet`);
    }
    this.limitBytes = options.limitBytes;
    this.#source = `/${partner.name}/${spec.name} `;
    this.#answer = options.answer;
    this.#clock = clock;
    this.#verifier = verifierOf(options.verify, {
      secrets,
      clock,
      documents: documentReader(partner.location, network),
    });
    this.#site = siteOf(spec);
    const { id, tenant } = options;
    const rejects = spec.onInvalid === "reject";
    this.#identify = identifier({ id, tenant, rejects, told: toldToGiver }, functions);
    this.#write = messageWriter(this.#verifier.headers);
  }

  receive(request: InboundRequest, done: Done<ReceiveResult>): void {
    const refused = this.#refuseUnread(request);
    const proof = refused === null ? this.#verifier.check(request) : "refused";
    if (refused !== null) done(refused);
    else if (typeof proof === "string") done(this.#proved(proof, request));
    else proof.then((late) => done(this.#proved(late, request)));
  }

  #refuseUnread({ method, headers, body }: InboundRequest): Refusal | null {
    if (method !== "POST") return refusals.method;
    if (body.length > this.limitBytes) return refusals.limit;
    const encoding = headers["content-encoding"];
    return encoding === undefined || encoding === "identity" ? null : refusals.encoding;
  }

  #proved(proof: Proof, request: InboundRequest): ReceiveResult {
    if (proof === "refused") return refusals.proof;
    if (proof === "unavailable") return refusals.unavailable;
    try {
      return this.#read(request);
    } catch {
      return refusals.unreadable;
    }
  }

  #read(request: InboundRequest): ReceiveResult {
    const mode = cloudEventMode(request.headers);
    const items: readonly Item[] | string =
      mode === null
        ? [{ text: request.body.toString("utf8"), event: false }]
        : eventsIn(mode, request.headers, request.body);
    if (typeof items === "string") return refusal(400, items);
    const arrival = {
      headers: request.headers,
      site: this.#site,
      receivedAt: new Date(this.#clock.wallMs()).toISOString(),
    };
    const inputs: AcceptInput[] = [];
    for (const item of items) {
      const found = this.#identify(arrival, item);
      if (found.kind === "refused") return refusal(400, found.reason);
      const { id, tenant, sequence } = found;
      const payload = this.#write(item, { ...arrival, tenant, ...(item.event ? {} : { bytes: request.body }) });
      inputs.push({ identity: this.#source + id, key: null, sequence, payload });
    }
    return { kind: "messages", inputs, answerStatus: this.#answer.status, answerBody: this.#answer.body };
  }
}
