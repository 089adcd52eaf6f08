// `Gateway`: what all connectors of a region share.
import * as pulumi from "@pulumi/pulumi";
import { makeAwsGateway } from "../platforms/aws/gateway.ts";
import { makeLocalGateway } from "../platforms/local/gateway.ts";
import type { GatewayFacts, RegionFacts } from "./facts.ts";
import { issueHandle } from "./handle.ts";
import { type GatewayPlan, planGateway } from "./plan.ts";

export interface GatewayArgs extends GatewayFacts, RegionFacts {
  /** Local platform: what the gateway's processes know each other by, the same in every region of the environment and topology. */
  peerToken?: pulumi.Input<string>;
  /** AWS: the key that data are kept under in each region, by region. @default a key of AWS's own */
  keyArns?: Record<string, string>;
}

/** What a platform makes of a gateway. */
interface Made {
  readonly handle: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  /** Leads to this region, always. */
  readonly ownUrl: pulumi.Output<string>;
  readonly processId: pulumi.Output<string>;
  readonly adminUrl: pulumi.Output<string>;
  readonly adminRoles?: Readonly<Record<string, pulumi.Output<string>>>;
  readonly fixedAddresses?: readonly pulumi.Output<string>[] | undefined;
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
  /** Where partners and publishers call; of a domain, it leads to whichever region can accept. */
  readonly url: pulumi.Output<string>;
  /** Answers 200 while the region can make messages durable: what DNS failover asks. */
  readonly healthAcceptUrl: pulumi.Output<string>;
  /** Answers 200 while the region holds its lease and can act. */
  readonly healthActUrl: pulumi.Output<string>;
  /** Changes with every start of the region; on AWS with every deployment of its keeper's code. */
  readonly processId: pulumi.Output<string>;
  /** Where people and deployments ask this region; on AWS they sign as one of `adminRoles`. */
  readonly adminUrl: pulumi.Output<string>;
  /** AWS: ARNs of the roles to `read` and to `operate`. */
  readonly adminRoles: Readonly<Record<string, pulumi.Output<string>>> | undefined;
  /** AWS: that connectors with `fixedSource` call from in this region; absent where there are none. */
  readonly fixedAddresses: readonly pulumi.Output<string>[] | undefined;

  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planGateway(name, args, args);
    const { peerToken } = args;
    const marked = peerToken === undefined ? {} : { peerToken: pulumi.secret(peerToken) };
    super("isthmus:index:Gateway", name, { ...args, ...marked }, opts);
    const made = make(this, name, plan, args);
    this.handle = made.handle;
    this.url = made.url;
    this.healthAcceptUrl = pulumi.interpolate`${made.ownUrl}/health/accept`;
    this.healthActUrl = pulumi.interpolate`${made.ownUrl}/health/act`;
    this.processId = made.processId;
    this.adminUrl = made.adminUrl;
    this.adminRoles = made.adminRoles;
    this.fixedAddresses = made.fixedAddresses;
    this.registerOutputs({
      handle: this.handle,
      url: this.url,
      healthAcceptUrl: this.healthAcceptUrl,
      healthActUrl: this.healthActUrl,
      processId: this.processId,
      adminUrl: this.adminUrl,
      adminRoles: this.adminRoles,
      fixedAddresses: this.fixedAddresses,
    });
  }
}

function make(parent: Gateway, name: string, plan: GatewayPlan, args: GatewayArgs): Made {
  if (plan.platform === "aws") {
    const { region, keyArns = {}, alarmTopic = null, outboundProxy } = args;
    const own = { ...plan, region, keyArns, alarmTopic, ...(outboundProxy !== undefined && { outboundProxy }) };
    const node = makeAwsGateway(parent, name, own, { root: process.cwd(), certificateArn: args.certificateArn });
    const { processId, adminUrl, adminRoles } = node;
    const ownUrl = node.api.apiEndpoint;
    const fixedAddresses = node.network?.addresses;
    const handle = issueHandle(node, adminUrl);
    return { handle, url: node.url, ownUrl, processId, adminUrl, adminRoles, fixedAddresses };
  }
  const node = makeLocalGateway(parent, name, plan, args, args.peerToken ?? "");
  const { publicUrl: url, processId, adminUrl } = node.process;
  return { handle: issueHandle(node, adminUrl), url, ownUrl: url, processId, adminUrl };
}
