// The options of the drivers of the same cloud, role by role: queues (SQS) and event buses (EventBridge).

/** A role of the partner's that ours takes on. */
export interface AssumedRoleSpec {
  /** ARN. */
  readonly role: string;
  /** What its owner made a condition of taking it on; null: nothing. */
  readonly externalId: string | null;
}
export interface SqsPollSpec extends AssumedRoleSpec {
  /** ARN of the queue of each site. */
  readonly queues: Readonly<Record<string, string>>;
  /** What tells the identity where the definition has no `id` function. */
  readonly id: "deduplication-id" | "message-id";
  /** From one read that brought everything to the next. */
  readonly everyMs: number;
  /** A cursor names the messages of every site's queue that are to be deleted. */
  readonly acrossSites: "exact";
}
export interface SqsSendSpec extends AssumedRoleSpec {
  /** ARN of the queue of each site. */
  readonly queues: Readonly<Record<string, string>>;
  readonly fifo: boolean;
}
export interface SqsReceiveSpec {
  /** ARNs of the roles, users or accounts that may write to our queue. */
  readonly writers: readonly string[];
  readonly fifo: boolean;
}
export interface EventBridgeSendSpec {
  /** ARN of the bus of each site. */
  readonly buses: Readonly<Record<string, string>>;
  /** Theirs, which ours takes on; null: their bus's policy allows ours. */
  readonly role: string | null;
}
export interface EventBridgeReceiveSpec {
  /** Numbers of the accounts whose rules may send to our queue. */
  readonly accounts: readonly string[];
}
