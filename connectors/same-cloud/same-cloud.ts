// `SameCloudConnector`: the gateway to a partner in our own cloud or with a public endpoint.
import { gzipSync } from "node:zlib";
import * as pulumi from "@pulumi/pulumi";
import { gatewayOf } from "../gateway/handle.ts";
import * as local from "../platforms/local/resources.ts";
import { planSameCloud } from "./plan.ts";

export interface SameCloudConnectorArgs {
  /** The `handle` of the gateway that runs it. */
  gateway: pulumi.Input<string>;
  /** Path of the definition's file, relative to the program's folder. Plain: it decides what is made. */
  definition: string;
  /** What `setting(name)` stands for in the definition. @default none */
  settings?: Record<string, pulumi.Input<string>>;
  /** What `secret(name)` stands for. The connector gets only those that its role uses. @default none */
  secrets?: Record<string, pulumi.Input<string>>;
  /** Values that are still good beside those of `secrets`, while they rotate. @default none */
  previousSecrets?: Record<string, pulumi.Input<string>>;
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
  /** Where the partner calls this connector in this region; absent for roles in which we call. */
  readonly endpoint: pulumi.Output<string> | undefined;
  /** Of the definition's bundle: equal in all regions that run the same translation. */
  readonly digest: pulumi.Output<string>;

  constructor(name: string, args: SameCloudConnectorArgs, opts?: pulumi.ComponentResourceOptions) {
    const { settings = {}, secrets = {}, previousSecrets = {}, paused = false } = args;
    const gateway = gatewayOf(args.gateway);
    const plan = planSameCloud(
      {
        name,
        definition: args.definition,
        settings: plainValues(settings),
        secrets: Object.keys(secrets),
        gateway: gateway.plan,
      },
      process.cwd(),
    );
    const marked = { secrets: pulumi.secret(secrets), previousSecrets: pulumi.secret(previousSecrets) };
    super("isthmus:index:SameCloudConnector", name, { ...args, ...marked }, opts);
    const given = plan.secrets.map((secret) => {
      const values = [secrets[secret], previousSecrets[secret]].filter((value) => value !== undefined);
      return [secret, pulumi.all(values)] as const;
    });
    new local.Connector(
      `${name}-connector`,
      {
        name,
        region: gateway.region,
        adminUrl: gateway.process.adminUrl,
        tokenFile: gateway.process.tokenFile,
        processId: gateway.process.processId,
        digest: plan.bundle.digest,
        bundle: gzipSync(plan.bundle.text).toString("base64"),
        source: plan.bundle.source,
        settings: Object.fromEntries(
          plan.settings.flatMap((key) => (settings[key] === undefined ? [] : [[key, settings[key]]])),
        ),
        secrets: Object.fromEntries(given),
        paused,
      },
      { parent: this },
    );
    this.endpoint = plan.isCalled ? pulumi.interpolate`${gateway.process.publicUrl}/${name}` : undefined;
    this.digest = pulumi.output(plan.bundle.digest);
    this.registerOutputs({ endpoint: this.endpoint, digest: this.digest });
  }
}

/** Settings that are known now; null for those that a resource gives later. */
function plainValues(settings: Record<string, pulumi.Input<string>>): Record<string, string | null> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [key, typeof value === "string" ? value : null]),
  );
}
