import {
  CreateQueueCommand,
  DeleteQueueCommand,
  GetQueueUrlCommand,
  SetQueueAttributesCommand,
} from "@aws-sdk/client-sqs";
import { account } from "../clients.ts";
import { type Inputs, ifThere, type Kind, maybe, number, text, there } from "../kind.ts";

const attributesOf = (inputs: Inputs): Record<string, string> => {
  const named: readonly (readonly [string, unknown])[] = [
    ["VisibilityTimeout", number(inputs.visibilityTimeoutSeconds)?.toString()],
    ["MessageRetentionPeriod", number(inputs.messageRetentionSeconds)?.toString()],
    ["MaximumMessageSize", number(inputs.maxMessageSize)?.toString()],
    ["ReceiveMessageWaitTimeSeconds", number(inputs.receiveWaitTimeSeconds)?.toString()],
    ["RedrivePolicy", maybe(inputs.redrivePolicy)],
  ];
  return Object.fromEntries(named.flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
};

export const queue: Kind = {
  required: ["name", "region"],
  optional: [
    "messageRetentionSeconds",
    "redrivePolicy",
    "sqsManagedSseEnabled",
    "kmsMasterKeyId",
    "visibilityTimeoutSeconds",
    "fifoQueue",
    "contentBasedDeduplication",
    "deduplicationScope",
    "fifoThroughputLimit",
    "maxMessageSize",
    "receiveWaitTimeSeconds",
    "tags",
  ],
  identity: ["name", "region", "fifoQueue"],
  create: async (inputs, clients) => {
    const name = text(inputs.name);
    const fifo = inputs.fifoQueue === true ? { FifoQueue: "true" } : {};
    const { QueueUrl = "" } = await clients
      .sqs(text(inputs.region))
      .send(new CreateQueueCommand({ QueueName: name, Attributes: { ...attributesOf(inputs), ...fifo } }));
    return { id: QueueUrl, outputs: { url: QueueUrl, arn: `arn:aws:sqs:${text(inputs.region)}:${account}:${name}` } };
  },
  update: async (id, inputs, _state, clients) => {
    await clients
      .sqs(text(inputs.region))
      .send(new SetQueueAttributesCommand({ QueueUrl: id, Attributes: attributesOf(inputs) }));
    return {};
  },
  remove: (id, state, clients) =>
    ifThere(clients.sqs(text(state.region)).send(new DeleteQueueCommand({ QueueUrl: id }))),
  exists: (_id, state, clients) =>
    there(clients.sqs(text(state.region)).send(new GetQueueUrlCommand({ QueueName: text(state.name) }))),
};

const attribute = (property: string, name: string): Kind => ({
  required: ["queueUrl", "region", property],
  optional: [],
  identity: ["queueUrl", "region"],
  create: async (inputs, clients) => {
    const QueueUrl = text(inputs.queueUrl);
    await clients
      .sqs(text(inputs.region))
      .send(new SetQueueAttributesCommand({ QueueUrl, Attributes: { [name]: text(inputs[property]) } }));
    return { id: QueueUrl, outputs: {} };
  },
  update: async (id, inputs, _state, clients) => {
    await clients
      .sqs(text(inputs.region))
      .send(new SetQueueAttributesCommand({ QueueUrl: id, Attributes: { [name]: text(inputs[property]) } }));
    return {};
  },
});

export const queuePolicy = attribute("policy", "Policy");
export const redriveAllowPolicy = attribute("redriveAllowPolicy", "RedriveAllowPolicy");
