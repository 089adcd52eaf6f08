// A partner that takes: a queue, and a role that may write to it and that ours take on. Both stand before the connectors do.
import {
  CreateRoleCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import * as z from "zod";
import type { Clients } from "./clients.ts";
import { ifThere } from "./if-there.ts";
import { ReadQueue, removeQueue } from "./queue.ts";

export interface PartnerPlace {
  readonly clients: Clients;
  readonly region: string;
  /** Of the queue and the role. */
  readonly name: string;
  /** What the role is taken on with. */
  readonly externalId: string;
}

const policyName = "writes-to-its-queue";
const sent = z.looseObject({ sent: z.string() });

/** What our connectors are told of it. */
export interface PartnerSide {
  readonly queueArn: string;
  readonly roleArn: string;
}

/** @param take is told what a message said that it is, until the signal */
export async function openPartner(
  { clients, region, name, externalId }: PartnerPlace,
  take: (sent: string) => void,
  signal: AbortSignal,
): Promise<PartnerSide> {
  const queue = await ReadQueue.make(clients.sqs(region), name);
  const AssumeRolePolicyDocument = JSON.stringify(trust(queue.arn.split(":")[4] ?? "", externalId));
  const iam = clients.iam(region);
  const made = await iam.send(new CreateRoleCommand({ RoleName: name, AssumeRolePolicyDocument }));
  const PolicyDocument = JSON.stringify(writes(queue.arn));
  await iam.send(new PutRolePolicyCommand({ RoleName: name, PolicyName: policyName, PolicyDocument }));
  void queue.read((body) => {
    const read = sent.safeParse(JSON.parse(body));
    if (read.success) take(read.data.sent);
  }, signal);
  return { queueArn: queue.arn, roleArn: made.Role?.Arn ?? "" };
}

/** What of it is there, also where it was made by another process. */
export async function removePartner({ clients, region, name }: Omit<PartnerPlace, "externalId">): Promise<void> {
  const iam = clients.iam(region);
  await removeQueue(clients.sqs(region), name);
  await ifThere(iam.send(new DeleteRolePolicyCommand({ RoleName: name, PolicyName: policyName })));
  await ifThere(iam.send(new DeleteRoleCommand({ RoleName: name })));
}

/** The roles that take it on do not exist yet, and the account says which of its roles may. */
const trust = (account: string, externalId: string): object => ({
  Version: "2012-10-17",
  Statement: [
    {
      Effect: "Allow",
      Principal: { AWS: `arn:aws:iam::${account}:root` },
      Action: "sts:AssumeRole",
      Condition: { StringEquals: { "sts:ExternalId": externalId } },
    },
  ],
});

const writes = (queue: string): object => ({
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: queue }],
});
