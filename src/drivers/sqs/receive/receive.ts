/** Role receive: a queue of ours that the partner writes to. Its policy says who may, so that who wrote is proved. */
import type { Clock } from "../../../core/ports.ts";
import type { IngressFunctions, ReceiveSpec, SpecOf } from "../../../define/spec.ts";
import type { DriverContext, InboundRecord, RecordReceiver, RecordResult } from "../../port.ts";
import { type QueueInput, queueInput } from "../messages.ts";

export class SqsReceiver implements RecordReceiver {
  readonly kind = "record";
  readonly #clock: Clock;
  readonly #site: string;
  readonly #inputOf: QueueInput;

  constructor(spec: SpecOf<"sqs", ReceiveSpec>, functions: IngressFunctions, { clock }: DriverContext) {
    this.#clock = clock;
    this.#site = onlySite(spec.partner.sites);
    this.#inputOf = queueInput(spec, functions, null);
  }

  receive(record: InboundRecord): RecordResult {
    const receivedAt = new Date(this.#clock.wallMs()).toISOString();
    return { kind: "message", input: this.#inputOf(record, { site: this.#site, receivedAt }) };
  }
}

/** A record does not tell which of their sites wrote it. */
export const onlySite = (sites: object): string => {
  const [only, ...others] = Object.keys(sites);
  return only !== undefined && others.length === 0 ? only : "unknown";
};
