/** Role receive: rules of the partner's buses send to a queue of ours. The message is the event as their bus has it. */
import * as z from "zod/mini";
import type { Clock } from "../../core/ports.ts";
import type { IngressFunctions, ReceiveSpec, SpecOf } from "../../define/spec.ts";
import { parseJson } from "../http/json.ts";
import type { DriverContext, InboundRecord, RecordReceiver, RecordResult } from "../port.ts";
import { type QueueInput, queueInput } from "../sqs/messages.ts";
import { onlySite } from "../sqs/receive/receive.ts";

const envelope = z.object({ account: z.string(), "detail-type": z.string(), detail: z.unknown() });

export class EventBridgeReceiver implements RecordReceiver {
  readonly kind = "record";
  readonly #clock: Clock;
  readonly #site: string;
  readonly #accounts: readonly string[];
  readonly #inputOf: QueueInput;

  constructor(spec: SpecOf<"event-bridge", ReceiveSpec>, functions: IngressFunctions, { clock }: DriverContext) {
    this.#clock = clock;
    this.#site = onlySite(spec.partner.sites);
    this.#accounts = spec.options.accounts;
    this.#inputOf = queueInput(spec, functions, null);
  }

  receive(record: InboundRecord): RecordResult {
    const event = envelope.safeParse(parseJson(record.body));
    if (!event.success) return { kind: "refused", reason: "it is no event of a bus" };
    // The service writes it, not whoever put the event on the bus.
    if (!this.#accounts.includes(event.data.account))
      return {
        kind: "refused",
        reason: `it comes from the account ${event.data.account}, which 'accounts' does not list`,
      };
    const receivedAt = new Date(this.#clock.wallMs()).toISOString();
    return { kind: "message", input: this.#inputOf(record, { site: this.#site, receivedAt }) };
  }
}
