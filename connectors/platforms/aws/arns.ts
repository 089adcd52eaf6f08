// ARNs of what has a physical name. Pure.
/** Where something stands. */
export interface Place {
  readonly account: string;
  readonly region: string;
}

const arn = (service: string, { region, account }: Place, rest: string): string =>
  `arn:aws:${service}:${region}:${account}:${rest}`;

export const arns = {
  table: (place: Place, name: string): string => arn("dynamodb", place, `table/${name}`),
  index: (place: Place, table: string, index: string): string =>
    arn("dynamodb", place, `table/${table}/index/${index}`),
  queue: (place: Place, name: string): string => arn("sqs", place, name),
  function: (place: Place, name: string): string => arn("lambda", place, `function:${name}`),
  bus: (place: Place, name: string): string => arn("events", place, `event-bus/${name}`),
  rule: (place: Place, bus: string, name: string): string => arn("events", place, `rule/${bus}/${name}`),
  /** EventBridge Scheduler names the group as the source of its calls, not the schedule. */
  scheduleGroup: (place: Place): string => arn("scheduler", place, "schedule-group/default"),
  /** Of the streams in a log group: a function names its own. */
  logStreams: (place: Place, group: string): string => arn("logs", place, `log-group:${group}:log-stream:*`),
  /** Buckets have neither region nor account in their ARN. */
  bucket: (name: string): string => `arn:aws:s3:::${name}`,
  /** Objects whose names begin with `prefix`. */
  objects: (bucket: string, prefix: string): string => `arn:aws:s3:::${bucket}/${prefix}*`,
  role: ({ account }: Place, name: string): string => `arn:aws:iam::${account}:role/${name}`,
};

/** The same multi-region key, or replicated secret, in another region. */
export function arnIn(region: string, given: string): string {
  const [prefix = "", partition = "", service = "", , ...rest] = given.split(":");
  return [prefix, partition, service, region, ...rest].join(":");
}
