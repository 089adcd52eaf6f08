// A gateway, a witness and a connector on the local platform.
import { gzipSync } from "node:zlib";
import type * as pulumi from "@pulumi/pulumi";
import type { RegionFacts } from "../../gateway/facts.ts";
import { gatewayVersion } from "../../version.ts";
import type { LocalGatewayPlan } from "./gateway-plan.ts";
import { WITNESS } from "./plan.ts";
import * as local from "./resources.ts";

/** What a connector needs of its gateway. */
export interface LocalGatewayNode {
  readonly platform: "local";
  readonly plan: LocalGatewayPlan;
  readonly region: string;
  readonly process: local.Region;
}

/** @param peerToken what the gateway's processes know each other by */
export function makeLocalGateway(
  parent: pulumi.Resource,
  name: string,
  plan: LocalGatewayPlan,
  { region, outboundProxy }: RegionFacts,
  peerToken: pulumi.Input<string>,
): LocalGatewayNode {
  const process = new local.Region(
    `${name}-region`,
    { ...processArgs(plan, region, peerToken), ...(outboundProxy !== undefined && { outboundProxy }) },
    { parent },
  );
  return { platform: "local", plan, region, process };
}

/** @returns null where the number of regions is odd */
export function makeLocalWitness(
  parent: pulumi.Resource,
  name: string,
  plan: LocalGatewayPlan,
  peerToken: pulumi.Input<string>,
): local.Witness | null {
  if (!plan.witness) return null;
  const args = processArgs(plan, WITNESS, peerToken);
  return new local.Witness(`${name}-process`, { ...args, loopback: [] }, { parent });
}

const processArgs = (plan: LocalGatewayPlan, region: string, peerToken: pulumi.Input<string>): local.RegionArgs => ({
  environment: plan.environment,
  mode: plan.topology,
  region,
  regions: plan.regions,
  changingFrom: plan.changingFrom,
  generation: plan.generation,
  home: plan.home,
  basePort: plan.basePort,
  loopback: plan.loopback,
  lease: plan.lease,
  peerToken,
  version: gatewayVersion,
});

export interface LocalConnectorOptions {
  readonly gateway: LocalGatewayNode;
  readonly bundle: { readonly text: string; readonly source: string; readonly digest: string };
  readonly settings: Readonly<Record<string, pulumi.Input<string>>>;
  /** One value, or two while it rotates. */
  readonly secrets: Readonly<Record<string, pulumi.Input<readonly string[]>>>;
  readonly paused: pulumi.Input<boolean>;
}

export function makeLocalConnector(parent: pulumi.Resource, name: string, options: LocalConnectorOptions): void {
  const { gateway, bundle, settings, secrets, paused } = options;
  new local.Connector(
    `${name}-connector`,
    {
      name,
      region: gateway.region,
      adminUrl: gateway.process.adminUrl,
      tokenFile: gateway.process.tokenFile,
      processId: gateway.process.processId,
      digest: bundle.digest,
      bundle: gzipSync(bundle.text).toString("base64"),
      source: bundle.source,
      settings,
      secrets,
      paused,
    },
    { parent },
  );
}
