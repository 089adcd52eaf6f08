// Physical names on AWS. Pure. They carry environment and mode, and the region where the service has none.
import { createHash } from "node:crypto";
import type { Mode } from "../mode.ts";
import type { Place } from "./arns.ts";

/** What the names of one environment and mode begin with. */
export interface Scope {
  readonly environment: string;
  readonly mode: Mode;
}

/** Longest names that the services take. */
export const longest = { function: 64, role: 64, queue: 80, schedule: 64, bus: 256, archive: 48, rule: 64, table: 255 };
const LONGEST_BUCKET = 63;
const LONGEST_REGION = 16;
export type NameKind = keyof typeof longest;

export const modeShort: Readonly<Record<Mode, string>> = { "active-active": "aa", "primary-secondary": "ps" };
const FIFO = ".fifo";
const HASH_LENGTH = 8;

/**
 * Joined by `_`, which neither environments nor connectors have in their names: so no two are the same. One that is too long is
 * cut, and a hash of the whole keeps it apart from others.
 */
export function nameOf(kind: NameKind, { environment, mode }: Scope, ...parts: readonly string[]): string {
  return fitted(["isthmus", environment, modeShort[mode], ...parts].join("_"), longest[kind]);
}

/** A FIFO queue's name ends in `.fifo`, which counts. */
export function queueName(scope: Scope, fifo: boolean, ...parts: readonly string[]): string {
  if (!fifo) return nameOf("queue", scope, ...parts);
  const whole = ["isthmus", scope.environment, modeShort[scope.mode], ...parts].join("_");
  return fitted(whole, longest.queue - FIFO.length) + FIFO;
}

function fitted(name: string, length: number): string {
  if (name.length <= length) return name;
  const hash = createHash("sha256").update(name).digest("hex").slice(0, HASH_LENGTH);
  return `${name.slice(0, length - HASH_LENGTH - 1)}-${hash}`;
}

export const tables = {
  /** Of a connector: in every region, replicated. */
  connector: (scope: Scope, connector: string): string => nameOf("table", scope, connector, "journal"),
  /** What gateways tell each other: in every region, replicated. */
  gateway: (scope: Scope): string => nameOf("table", scope, "gateway"),
  /** In every region and the witness's, not replicated. */
  regional: (scope: Scope): string => nameOf("table", scope, "regional"),
};
/** Of the connectors' table: entries that have no number yet, by the region that wrote them. */
export const INBOX_INDEX = "inbox";

export const busName = (scope: Scope): string => nameOf("bus", scope);
/** IAM has no regions, so its names carry one. */
export const roleName = (scope: Scope, region: string, ...parts: readonly string[]): string =>
  nameOf("role", scope, region, ...parts);
export const functionName = (scope: Scope, ...parts: readonly string[]): string => nameOf("function", scope, ...parts);

/**
 * Payloads that are too large for an item of a table. All accounts share the names of buckets, so it carries the account;
 * its region stands last, so that a region knows the buckets of the others by its own.
 */
export function payloadBucketName({ environment, mode }: Scope, { account, region }: Place): string {
  const beginning = ["isthmus", environment, modeShort[mode], account].join("-");
  return `${fitted(beginning, LONGEST_BUCKET - LONGEST_REGION - 1)}-${region}`;
}
/** What the names of a connector's payloads begin with. */
export const payloadPrefix = (connector: string): string => `${connector}/`;

/** What the names of an environment's secrets begin with: both modes share them. */
export const secretPrefix = (environment: string): string => `isthmus/${environment}/`;
/** The secret that cursors of feeds are signed by. No user's secret has such a name: it may not begin with `/`. */
export const CURSORS = "/cursors";
export const cursorSecretName = (environment: string): string => `${secretPrefix(environment)}${CURSORS}`;
export const keyAlias = (environment: string): string => `alias/isthmus_${environment}`;
