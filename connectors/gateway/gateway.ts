// `Gateway`: what all connectors of a region share.
import * as pulumi from "@pulumi/pulumi";
import { Region } from "../platforms/local/resources.ts";
import { gatewayVersion } from "../version.ts";
import { issueHandle } from "./handle.ts";
import { type GatewayFacts, planGateway, type RegionFacts } from "./plan.ts";

export interface GatewayArgs extends GatewayFacts, RegionFacts {
  /** What the gateway's processes know each other by: the same in every region of the environment and topology. */
  peerToken: pulumi.Input<string>;
}

/**
 * The gateway of one region: accepts, keeps and dispatches for every connector that is given its `handle`.
 *
 * @example
 * const gateway = new Gateway("events", { platform: "local", environment: "dev", region: "east", regions: ["east", "west"],
 *   topology: "active-active", home: "/var/lib/isthmus", peerToken: config.requireSecret("peer-token") });
 */
export class Gateway extends pulumi.ComponentResource {
  /** What connectors take as `gateway`. */
  readonly handle: pulumi.Output<string>;
  /** Where partners and publishers call this region. */
  readonly url: pulumi.Output<string>;
  /** Answers 200 while the region can make messages durable: what DNS failover asks. */
  readonly healthAcceptUrl: pulumi.Output<string>;
  /** Answers 200 while the region holds its lease and can act. */
  readonly healthActUrl: pulumi.Output<string>;
  /** Changes with every start of the region. */
  readonly processId: pulumi.Output<string>;

  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planGateway(name, args, args);
    super("isthmus:index:Gateway", name, { ...args, peerToken: pulumi.secret(args.peerToken) }, opts);
    const region = new Region(
      `${name}-region`,
      {
        environment: plan.environment,
        mode: plan.topology,
        region: args.region,
        regions: plan.regions,
        changingFrom: plan.changingFrom,
        generation: plan.generation,
        home: plan.home,
        basePort: plan.basePort,
        loopback: plan.loopback,
        ...(args.outboundProxy !== undefined && { outboundProxy: args.outboundProxy }),
        lease: plan.lease,
        peerToken: args.peerToken,
        version: gatewayVersion,
      },
      { parent: this },
    );
    this.url = region.publicUrl;
    this.healthAcceptUrl = pulumi.interpolate`${region.publicUrl}/health/accept`;
    this.healthActUrl = pulumi.interpolate`${region.publicUrl}/health/act`;
    this.processId = region.processId;
    this.handle = issueHandle(plan, args.region, region);
    this.registerOutputs({
      handle: this.handle,
      url: this.url,
      healthAcceptUrl: this.healthAcceptUrl,
      healthActUrl: this.healthActUrl,
      processId: this.processId,
    });
  }
}
