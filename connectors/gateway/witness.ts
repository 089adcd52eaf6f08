// `Witness`: what the regions of an environment share in one topology, and the vote where an even number is cut in half.
import * as pulumi from "@pulumi/pulumi";
import { makeCertificates } from "../platforms/aws/domain.ts";
import { makeAwsWitness } from "../platforms/aws/witness.ts";
import { makeLocalWitness } from "../platforms/local/gateway.ts";
import * as local from "../platforms/local/resources.ts";
import type { GatewayFacts } from "./facts.ts";
import { planGateway } from "./plan.ts";

export interface WitnessArgs extends GatewayFacts {
  /** AWS: the key that data are kept under in each region, by region. @default a key of AWS's own */
  keyArns?: Record<string, pulumi.Input<string>>;
}

/**
 * What the regions of an environment share in one topology. Local platform: their token, and a witness where their number is
 * even. AWS: the witness's table, the gateways' and each connector's, replicated to all regions; and the
 * certificates of its domain.
 */
export class Witness extends pulumi.ComponentResource {
  /** Local platform: what the gateways of all regions take as `peerToken`. Secret. */
  readonly peerToken: pulumi.Output<string> | undefined;
  /** Local platform: changes with every start of the witness; absent where the number of regions is odd. */
  readonly processId: pulumi.Output<string> | undefined;
  /** AWS: ARNs of the streams of connectors' tables, by connector and region. */
  readonly streams: Readonly<Record<string, Readonly<Record<string, pulumi.Output<string>>>>> | undefined;
  /** AWS: ARNs of the domain's certificates by region; absent where there is no domain. */
  readonly certificateArns: Readonly<Record<string, pulumi.Output<string>>> | null | undefined;

  constructor(name: string, args: WitnessArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planGateway(name, args);
    super("isthmus:index:Witness", name, args, opts);
    if (plan.platform === "aws") {
      this.streams = makeAwsWitness(this, name, plan, args.keyArns ?? {});
      this.certificateArns = plan.domain && makeCertificates(this, name, plan.domain, plan.regions);
    } else {
      this.peerToken = new local.Token(`${name}-token`, { parent: this }).value;
      this.processId = makeLocalWitness(this, name, plan, this.peerToken)?.processId;
    }
    this.registerOutputs({
      peerToken: this.peerToken,
      processId: this.processId,
      streams: this.streams,
      certificateArns: this.certificateArns,
    });
  }
}
