// A gateway and its witness against a recording engine, as a region's and the global stack make them.
import { Provider } from "@pulumi/aws/provider.js";
import * as pulumi from "@pulumi/pulumi";
import type { GatewayFacts, RegionFacts } from "../../../gateway/facts.ts";
import { Gateway } from "../../../gateway/gateway.ts";
import { Witness } from "../../../gateway/witness.ts";
import { type Registered, record, resolved } from "../../../test-support/record.ts";
import { ACCOUNT, answeredByAws, madeByAws } from "./made.ts";

export const REGIONS = ["us-east-1", "us-west-2"];
const keyArns = Object.fromEntries(
  [...REGIONS, "us-east-2"].map((region) => [region, `arn:aws:kms:${region}:${ACCOUNT}:key/mrk-1`]),
);

export const factsOf = (more: Partial<GatewayFacts> = {}): GatewayFacts => ({
  platform: "aws",
  environment: "prod",
  regions: REGIONS,
  witness: "us-east-2",
  topology: "active-active",
  account: ACCOUNT,
  connectors: { pushes: { role: "receive", driver: "http", digest: "d" } },
  ...more,
});

export interface Recorded {
  readonly seen: readonly Registered[];
  /** By their names in the component. In a preview none. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** @param preview nothing computed is known */
export async function recordGateway(
  facts: GatewayFacts,
  { preview = false, ...own }: Partial<RegionFacts> & { readonly preview?: boolean } = {},
): Promise<Recorded> {
  const { seen, done } = await record(preview, { outputs: madeByAws, calls: answeredByAws });
  const providers = [new Provider("aws", { region: REGIONS[0] ?? "" })];
  const gateway = new Gateway("gateway", { ...facts, keyArns, region: "us-east-1", ...own }, { providers });
  const { url, healthAcceptUrl, fixedAddresses } = gateway;
  await done();
  return { seen, outputs: preview ? {} : await resolved(pulumi.output({ url, healthAcceptUrl, fixedAddresses })) };
}

export async function recordWitness(facts: GatewayFacts, preview = false): Promise<readonly Registered[]> {
  const { seen, done } = await record(preview, { outputs: madeByAws });
  const providers = [new Provider("aws", { region: REGIONS[0] ?? "" })];
  new Witness("witness", { ...facts, keyArns }, { providers });
  await done();
  return seen;
}
