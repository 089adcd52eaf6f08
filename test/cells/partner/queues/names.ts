// Where a partner's queues and buses are, and what they are called: each of its sites is a region of AWS.
import type { SiteName } from "../replicas.ts";
import type { Theirs } from "../sites.ts";

/** Ours too: the emulator's buses reach no other account. */
export const theirAccount = "000000000000";

export const theirRegions = {
  ps: { a: "eu-west-1", b: "eu-central-1" },
  aa: { a: "eu-west-2", b: "eu-north-1" },
} as const satisfies Readonly<Record<Theirs, Readonly<Record<SiteName, string>>>>;

/** Of the sites, and of our regions where its rules are. */
export const busName = (theirs: Theirs): string => `theirs-${theirs}`;

export const queueArn = (theirs: Theirs, site: SiteName, name: string): string =>
  `arn:aws:sqs:${theirRegions[theirs][site]}:${theirAccount}:${name}`;
export const busArn = (theirs: Theirs, site: SiteName): string =>
  `arn:aws:events:${theirRegions[theirs][site]}:${theirAccount}:event-bus/${busName(theirs)}`;
export const roleArn = `arn:aws:iam::${theirAccount}:role/theirs`;
