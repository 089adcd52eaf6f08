// Rules of queues and of what reads them and streams: nothing is lost without a trace.
import { inside, isSet, must, type Rule } from "../rule.ts";

/** A queue that only keeps what went wrong has no other behind it; its name says so. */
const isDeadLetters = (name: unknown): boolean =>
  typeof name === "string" && /_dead(-[0-9a-f]{8})?(\.fifo)?$/.test(name);

export const queuesRedrive: Rule = {
  name: "queues-redrive",
  description: "What a queue gives up goes to a dead-letter queue.",
  about: /^aws:sqs\/queue:/,
  look: ({ props }) =>
    isDeadLetters(props.name)
      ? []
      : must(props.redrivePolicy, isSet, "has no redrivePolicy: give it a dead-letter queue"),
};

export const queuesEncrypted: Rule = {
  name: "queues-encrypted",
  description: "Queues are encrypted.",
  about: /^aws:sqs\/queue:/,
  look: ({ props }) =>
    isSet(props.kmsMasterKeyId)
      ? []
      : must(props.sqsManagedSseEnabled, (value) => value === true, "is not encrypted: set sqsManagedSseEnabled"),
};

const MAPPING = /^aws:lambda\/eventSourceMapping:/;

export const sourcesAnswerInPart: Rule = {
  name: "sources-answer-in-part",
  description: "One bad message does not bring the others of its batch again.",
  about: MAPPING,
  look: ({ props }) =>
    must(
      props.functionResponseTypes,
      (value) => Array.isArray(value) && value.includes("ReportBatchItemFailures"),
      "takes a batch as a whole: set functionResponseTypes to ReportBatchItemFailures",
    ),
};

/** A stream's; a queue has its own dead-letter queue. */
const followsStream = (props: Readonly<Record<string, unknown>>): boolean => isSet(props.startingPosition);

export const streamsBisect: Rule = {
  name: "streams-bisect",
  description: "A batch of a stream that fails is halved until the bad record is found.",
  about: MAPPING,
  look: ({ props }) =>
    followsStream(props)
      ? must(
          props.bisectBatchOnFunctionError,
          (value) => value === true,
          "does not halve a bad batch: set bisectBatchOnFunctionError",
        )
      : [],
};

export const streamsTellFailures: Rule = {
  name: "streams-tell-failures",
  description: "What is given up of a stream goes to a queue.",
  about: MAPPING,
  look: ({ props }) =>
    followsStream(props)
      ? must(
          inside(props.destinationConfig, "onFailure", "destinationArn"),
          isSet,
          "forgets what it gives up: set destinationConfig.onFailure",
        )
      : [],
};
