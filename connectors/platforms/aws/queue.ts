// A queue with its dead-letter queue, and the alarms of both.
import { Queue } from "@pulumi/aws/sqs/queue.js";
import { QueuePolicy } from "@pulumi/aws/sqs/queuePolicy.js";
import { RedriveAllowPolicy } from "@pulumi/aws/sqs/redriveAllowPolicy.js";
import * as pulumi from "@pulumi/pulumi";
import { makeAlarm } from "./alarm.ts";
import { arns } from "./arns.ts";
import type { Surroundings } from "./function.ts";
import type { AwsGatewayPlan } from "./gateway-plan.ts";
import { policyText, type Statement } from "./policy.ts";

const DAY_SECONDS = 86_400;
/** The longest that SQS keeps a message. */
export const RETENTION_SECONDS = 14 * DAY_SECONDS;
/** Most that SQS takes. A region at capacity leaves messages in the queue, and each look at one counts. */
const MOST_RECEIVES = 1_000;

export interface QueuePlan {
  /** Logical, after the component's name. */
  readonly suffix: string;
  /** Physical. */
  readonly name: string;
  readonly deadLetters: string;
  readonly fifo: boolean;
  readonly visibilitySeconds: number;
  /** The age of its oldest message that is alarming. */
  readonly alarmAfterSeconds: number;
  /** Who may write to it. */
  readonly writers: readonly Statement[];
}

export interface DeadLettersPlan {
  /** Logical, after the component's name. */
  readonly suffix: string;
  /** Physical. */
  readonly name: string;
  /** @default false */
  readonly fifo?: boolean;
  /** That its alarm tells; null: nobody. */
  readonly topic: string | null;
}

/** A queue that only keeps what went wrong, so it has no other behind it. */
export function makeDeadLetters(
  surroundings: Surroundings,
  { suffix, name, fifo = false, topic }: DeadLettersPlan,
): Queue {
  const { parent, region } = surroundings;
  const queue = new Queue(
    `${surroundings.name}-${suffix}`,
    {
      region,
      name,
      messageRetentionSeconds: RETENTION_SECONDS,
      sqsManagedSseEnabled: true,
      ...(fifo && { fifoQueue: true }),
    },
    { parent },
  );
  makeAlarm(surroundings, {
    topic,
    suffix,
    alarm: `${name}_messages`,
    description: "Something was given up and lies here: find out why, then move it back to its queue.",
    namespace: "AWS/SQS",
    metric: "ApproximateNumberOfMessagesVisible",
    dimensions: { QueueName: name },
    statistic: "Maximum",
    above: 0,
  });
  return queue;
}

export function makeQueue(surroundings: Surroundings, plan: QueuePlan, gateway: AwsGatewayPlan): Queue {
  const { parent, name, region } = surroundings;
  const child = `${name}-${plan.suffix}`;
  const deadLetters = makeDeadLetters(surroundings, {
    suffix: `${plan.suffix}-dead`,
    name: plan.deadLetters,
    fifo: plan.fifo,
    topic: gateway.alarmTopic,
  });
  const queue = new Queue(
    child,
    {
      region,
      name: plan.name,
      messageRetentionSeconds: RETENTION_SECONDS,
      visibilityTimeoutSeconds: plan.visibilitySeconds,
      sqsManagedSseEnabled: true,
      redrivePolicy: pulumi.jsonStringify({ deadLetterTargetArn: deadLetters.arn, maxReceiveCount: MOST_RECEIVES }),
      ...(plan.fifo && {
        fifoQueue: true,
        deduplicationScope: "messageGroup",
        fifoThroughputLimit: "perMessageGroupId",
      }),
    },
    { parent },
  );
  new RedriveAllowPolicy(
    `${child}-redrive`,
    {
      region,
      queueUrl: deadLetters.url,
      redriveAllowPolicy: JSON.stringify({
        redrivePermission: "byQueue",
        sourceQueueArns: [arns.queue(gateway, plan.name)],
      }),
    },
    { parent },
  );
  if (plan.writers.length > 0) {
    new QueuePolicy(`${child}-policy`, { region, queueUrl: queue.url, policy: policyText(plan.writers) }, { parent });
  }
  makeAlarm(surroundings, {
    topic: gateway.alarmTopic,
    suffix: `${plan.suffix}-age`,
    alarm: `${plan.name}_age`,
    description:
      "Messages wait to be accepted: see whether the accept function fails, or the connector is at capacity.",
    namespace: "AWS/SQS",
    metric: "ApproximateAgeOfOldestMessage",
    dimensions: { QueueName: plan.name },
    statistic: "Maximum",
    above: plan.alarmAfterSeconds,
  });
  return queue;
}
