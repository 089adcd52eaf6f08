/** Role send: we write to the partner's queues, one message for each event. */
import { hash } from "node:crypto";
import type { Answer, Delivery } from "../../../core/ports.ts";
import { queueLimits } from "../../../define/policy.ts";
import type { SendSpec, SpecOf } from "../../../define/spec.ts";
import type { ServiceAnswer } from "../../aws/call.ts";
import { AwsSender, type Protocol, taken } from "../../aws/sender.ts";
import type { AwsSite } from "../../aws/sites.ts";
import type { DriverContext } from "../../port.ts";
import { urlOf } from "../queue.ts";

/** A message has ten attributes at most, of which two are ours. */
const mostAttributes = 8;
const attributeName = /^(?!aws\.|amazon\.)[\w-]+(?:\.[\w-]+)*$/i;
/** Texts that a message may hold. */
const allowed = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;
const groupName = /^[!-~]{1,128}$/;

export const sqsSender = (spec: SpecOf<"sqs", SendSpec>, context: DriverContext): AwsSender => {
  const { queues, role, externalId, fifo } = spec.options;
  return new AwsSender(protocolOf(fifo), queues, { role, externalId }, spec, context);
};

const protocolOf = (fifo: boolean): Protocol => ({
  compose: (delivery, queue) => {
    const message = messageOf(delivery.output);
    return typeof message === "string" ? message : sending(message, delivery, queue, fifo);
  },
  judge: judged,
});

interface Message {
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A text: what is wrong with it. */
const messageOf = (output: unknown): Message | string => {
  const { body, attributes = {} } = { ...Object(output) };
  const text = typeof body === "string" ? body : JSON.stringify(body);
  if (text === undefined || text === "") return "the translation gave a message without a body";
  if (!allowed.test(text)) return "the body holds characters that no queue takes";
  const names = Object.keys(attributes);
  if (names.length > mostAttributes) return `a message has at most ${mostAttributes} attributes beside ours`;
  const wrong = names.find(
    (name) =>
      name.startsWith("isthmus-") ||
      !attributeName.test(name) ||
      typeof attributes[name] !== "string" ||
      attributes[name] === "" ||
      !allowed.test(attributes[name]),
  );
  return wrong === undefined ? { body: text, attributes } : `the attribute '${wrong}' is none that a queue takes`;
};

const sending = ({ body, attributes }: Message, { identity, key, duty }: Delivery, queue: AwsSite, fifo: boolean) => {
  const all = { ...attributes, "isthmus-id": identity, "isthmus-duty": `${duty.region};epoch=${duty.epoch}` };
  const bytes = Object.entries(all).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + "String".length + Buffer.byteLength(value),
    Buffer.byteLength(body),
  );
  if (bytes > queueLimits.sqsMessage)
    return `the message has ${bytes} bytes, and a queue takes at most ${queueLimits.sqsMessage}`;
  return {
    target: "AmazonSQS.SendMessage",
    version: "1.0",
    input: {
      QueueUrl: urlOf(queue),
      MessageBody: body,
      MessageAttributes: Object.fromEntries(
        Object.entries(all).map(([name, value]) => [name, { DataType: "String", StringValue: value }]),
      ),
      // What has no key follows nothing: a group of its own.
      ...(fifo && { MessageGroupId: nameOf(key ?? identity), MessageDeduplicationId: nameOf(identity) }),
    },
  } as const;
};

/** The same text for the same, in the letters that a queue allows. */
const nameOf = (text: string): string => (groupName.test(text) ? text : `sha256-${hash("sha256", text, "hex")}`);

const judged = (answer: ServiceAnswer): Answer => {
  if (answer.kind === "failed") return answer.judgement;
  const id: unknown = Reflect.get(Object(answer.output), "MessageId");
  if (typeof id === "string") return taken(`taken as ${id}`);
  return { verdict: "unknown", against: "site", sent: true, waitMs: null, reason: "the answer names no message" };
};
