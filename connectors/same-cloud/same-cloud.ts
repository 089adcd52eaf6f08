// `SameCloudConnector`: the gateway to a partner in our own cloud or with a public endpoint.
import * as pulumi from "@pulumi/pulumi";
import { type GatewayNode, gatewayOf } from "../gateway/handle.ts";
import { makeAwsConnector } from "../platforms/aws/connector.ts";
import { planAwsConnector, unknownNetwork } from "../platforms/aws/connector-plan.ts";
import { makeLocalConnector } from "../platforms/local/gateway.ts";
import { refuse } from "../problems.ts";
import { type PlannedSameCloud, planSameCloud } from "./plan.ts";

export interface SameCloudConnectorArgs {
  /** The `handle` of the gateway that runs it. */
  gateway: pulumi.Input<string>;
  /** Path of the definition's file, relative to the program's folder. Plain: it decides what is made. */
  definition: string;
  /** What `setting(name)` stands for in the definition. @default none */
  settings?: Record<string, pulumi.Input<string>>;
  /** Local platform: what `secret(name)` stands for. The connector gets only those that its role uses. @default none */
  secrets?: Record<string, pulumi.Input<string>>;
  /** Local platform: values that are still good beside those of `secrets`, while they rotate. @default none */
  previousSecrets?: Record<string, pulumi.Input<string>>;
  /** AWS: ARNs of the secrets that there are, by name, as a `Vault` gives them. @default none */
  secretArns?: Record<string, string>;
  /** AWS: ARN of the stream of its table in the gateway's region, as a `Witness` gives it. */
  streamArn?: string;
  /** Accept and hold, dispatch nothing. @default false */
  paused?: pulumi.Input<boolean>;
}

/**
 * One partner in one role. Its name is the connector's name everywhere: in its endpoint, in the journal, on the command line.
 *
 * @example
 * new SameCloudConnector("orders", { gateway: gateway.handle, definition: "partners/marketplace/orders.ts",
 *   settings: { "orders-queue": queue.arn }, secrets: { "marketplace-key": config.requireSecret("marketplace-key") } });
 */
export class SameCloudConnector extends pulumi.ComponentResource {
  /** Where the partner calls this connector in this region, or the queue it writes to; absent for roles in which we call. */
  readonly endpoint: pulumi.Output<string> | undefined;
  /** Of the definition's bundle: equal in all regions that run the same translation. */
  readonly digest: pulumi.Output<string>;

  constructor(name: string, args: SameCloudConnectorArgs, opts?: pulumi.ComponentResourceOptions) {
    const { settings = {}, secrets = {}, previousSecrets = {}, secretArns = {} } = args;
    const gateway = gatewayOf(args.gateway);
    const plan = planSameCloud(
      {
        name,
        definition: args.definition,
        settings: plainValues(settings),
        secrets: Object.keys(gateway.platform === "aws" ? secretArns : secrets),
        gateway: gateway.plan,
      },
      process.cwd(),
    );
    const marked = { secrets: pulumi.secret(secrets), previousSecrets: pulumi.secret(previousSecrets) };
    super("isthmus:index:SameCloudConnector", name, { ...args, ...marked }, opts);
    this.endpoint = make(this, name, { args, gateway, plan });
    this.digest = pulumi.output(plan.bundle.digest);
    this.registerOutputs({ endpoint: this.endpoint, digest: this.digest });
  }
}

interface Making {
  readonly args: SameCloudConnectorArgs;
  readonly gateway: GatewayNode;
  readonly plan: PlannedSameCloud;
}

/** @returns where the partner calls it */
function make(parent: SameCloudConnector, name: string, { args, gateway, plan }: Making) {
  const { settings = {}, secrets = {}, previousSecrets = {}, secretArns = {}, streamArn = "", paused = false } = args;
  const used = Object.fromEntries(
    plan.settings.flatMap((key) => (settings[key] === undefined ? [] : [[key, settings[key]]])),
  );
  if (gateway.platform === "aws") {
    refuse(`connector ${name}`, unknownNetwork(name, plan.spec, gateway.plan));
    const queue = makeAwsConnector(parent, name, {
      plan: planAwsConnector(name, plan, gateway.plan, { streamArn, secretArns }),
      gateway,
      streamArn,
      settings: used,
      paused,
      bundled: { name, definition: args.definition, role: plan.spec.role, driver: plan.spec.driver },
      root: process.cwd(),
    });
    if (plan.isCalled) return pulumi.interpolate`${gateway.url}/${name}`;
    return plan.spec.role === "receive" ? queue?.url : undefined;
  }
  const given = plan.secrets.map((secret) => {
    const values = [secrets[secret], previousSecrets[secret]].filter((value) => value !== undefined);
    return [secret, pulumi.all(values)] as const;
  });
  makeLocalConnector(parent, name, {
    gateway,
    bundle: plan.bundle,
    settings: used,
    secrets: Object.fromEntries(given),
    paused,
  });
  return plan.isCalled ? pulumi.interpolate`${gateway.process.publicUrl}/${name}` : undefined;
}

/** Settings that are known now; null for those that a resource gives later. */
function plainValues(settings: Record<string, pulumi.Input<string>>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, typeof value === "string" ? value : null]),
  );
}
