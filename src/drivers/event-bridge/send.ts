/** Role send: we put events on the partner's buses, one call for each. */
import type { Answer, Delivery } from "../../core/ports.ts";
import { queueLimits } from "../../define/policy.ts";
import type { SendSpec, SpecOf } from "../../define/spec.ts";
import { judgedCode, type ServiceAnswer } from "../aws/call.ts";
import { AwsSender, type Protocol, taken } from "../aws/sender.ts";
import type { DriverContext } from "../port.ts";

export const eventBridgeSender = (spec: SpecOf<"event-bridge", SendSpec>, context: DriverContext): AwsSender => {
  const { buses, role } = spec.options;
  return new AwsSender(protocolOf(buses), buses, role === null ? null : { role, externalId: null }, spec, context);
};

const protocolOf = (buses: Readonly<Record<string, string>>): Protocol => ({
  compose: (delivery) => {
    const entry = entryOf(delivery, buses[delivery.site ?? ""] ?? "");
    return typeof entry === "string"
      ? entry
      : { target: "AWSEvents.PutEvents", version: "1.1", input: { Entries: [entry] } };
  },
  judge: judged,
});

interface Entry {
  readonly EventBusName: string;
  readonly Source: string;
  readonly DetailType: string;
  readonly Detail: string;
  /** Seconds since 1970. */
  readonly Time: number;
  readonly Resources: readonly string[];
}

/** The event as CloudEvents has it stands in the detail, with what the translation made as its data. */
const entryOf = ({ output, payload, duty }: Delivery, bus: string): Entry | string => {
  const event: Readonly<Record<string, unknown>> = JSON.parse(payload);
  const { detail, detailType = event.type } = { ...Object(output) };
  if (detail === undefined) return "the translation gave no detail";
  if (typeof detailType !== "string" || detailType === "" || detailType.length > 128)
    return "the detail type must be a text of 1 to 128 characters";
  const source = String(event.source);
  if (source.startsWith("aws.")) return "the source begins with 'aws.', which is for services of AWS";
  const { isthmusorigin: _, ...attributes } = event;
  const entry = {
    EventBusName: bus,
    Source: source.slice(0, 256),
    DetailType: detailType,
    Detail: JSON.stringify({ specversion: "1.0", ...attributes, data: detail }),
    Time: Date.parse(String(event.time)) / 1_000,
    Resources: [`isthmus-duty:${duty.region};epoch=${duty.epoch}`],
  };
  const bytes = sizeOf(entry);
  return bytes > queueLimits.busEvent
    ? `the event has ${bytes} bytes, and a bus takes at most ${queueLimits.busEvent}`
    : entry;
};

/** As the service counts it: 14 bytes are the time's. */
const sizeOf = ({ Source, DetailType, Detail, Resources }: Entry): number =>
  14 + [Source, DetailType, Detail, ...Resources].reduce((sum, text) => sum + Buffer.byteLength(text), 0);

/** An answer of 200 may hold an entry that failed. */
const judged = (answer: ServiceAnswer): Answer => {
  if (answer.kind === "failed") return answer.judgement;
  const entries: unknown = Reflect.get(Object(answer.output), "Entries");
  const [entry] = Array.isArray(entries) ? entries : [];
  const { EventId, ErrorCode } = { ...Object(entry) };
  if (typeof EventId === "string") return taken(`taken as ${EventId}`);
  const unknown = { verdict: "unknown", against: "site", sent: true, waitMs: null } as const;
  if (typeof ErrorCode !== "string") return { ...unknown, reason: "the answer names no event" };
  return judgedCode(ErrorCode) ?? { ...unknown, reason: `${ErrorCode}: an error that is not known` };
};
