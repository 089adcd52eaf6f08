// Alarms. Each says what to do in its description.
import { MetricAlarm } from "@pulumi/aws/cloudwatch/metricAlarm.js";
import type { Surroundings } from "./function.ts";

export interface AlarmOptions {
  /** ARN of the topic that it tells when it rings, and when it is quiet again; null: nobody. */
  readonly topic: string | null;
  /** Logical, after the component's name. */
  readonly suffix: string;
  /** Physical. */
  readonly alarm: string;
  readonly description: string;
  readonly namespace: "AWS/SQS" | "AWS/Lambda";
  readonly metric: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly statistic: "Maximum" | "Sum";
  /** It rings above. */
  readonly above: number;
  /** For so many minutes. @default 1 */
  readonly minutes?: number;
}

export function makeAlarm({ parent, name, region }: Surroundings, options: AlarmOptions): void {
  const { topic, suffix, alarm, description, namespace, metric, dimensions, statistic, above, minutes = 1 } = options;
  const told = topic === null ? {} : { alarmActions: [topic], okActions: [topic] };
  new MetricAlarm(
    `${name}-${suffix}-alarm`,
    {
      region,
      name: alarm,
      alarmDescription: description,
      namespace,
      metricName: metric,
      dimensions: { ...dimensions },
      statistic,
      comparisonOperator: "GreaterThanThreshold",
      threshold: above,
      period: 60,
      evaluationPeriods: minutes,
      treatMissingData: "notBreaching",
      actionsEnabled: true,
      ...told,
    },
    { parent },
  );
}
