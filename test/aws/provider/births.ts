// Which emulated region stands where one is looked for: one that took the place of another has nothing of what that had.
import { randomUUID } from "node:crypto";
import { CreateLogGroupCommand, DescribeLogGroupsCommand } from "@aws-sdk/client-cloudwatch-logs";
import type { Clients } from "./clients.ts";

const prefix = "/emulated/";

/**
 * What a region is known by until it is lost with everything.
 * @param region null: of what has no region, all of them
 */
export async function birthOf(clients: Clients, region: string | null): Promise<string> {
  const regions = region === null ? Object.keys(clients.regions) : [region];
  return (await Promise.all(regions.map((one) => birthIn(clients, one)))).join(" ");
}

async function birthIn(clients: Clients, region: string): Promise<string> {
  const client = clients.logs(region);
  const { logGroups = [] } = await client.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: prefix }));
  // Two may have said it at once, and all that ask take the same.
  const known = logGroups.flatMap(({ logGroupName }) => logGroupName ?? []).sort()[0];
  if (known !== undefined) return known;
  await client.send(new CreateLogGroupCommand({ logGroupName: `${prefix}${randomUUID()}` }));
  return birthIn(clients, region);
}
