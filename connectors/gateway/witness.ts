// `Witness`: the vote that decides where an even number of regions is cut in half.
import * as pulumi from "@pulumi/pulumi";
import { WITNESS } from "../platforms/local/plan.ts";
import * as local from "../platforms/local/resources.ts";
import { gatewayVersion } from "../version.ts";
import { type GatewayFacts, planGateway } from "./plan.ts";

export interface WitnessArgs extends GatewayFacts {}

/** What the regions of an environment share in one topology: their token, and a witness where their number is even. */
export class Witness extends pulumi.ComponentResource {
  /** What the gateways of all regions take as `peerToken`. Secret. */
  readonly peerToken: pulumi.Output<string>;
  /** Changes with every start of the witness; absent where the number of regions is odd. */
  readonly processId: pulumi.Output<string> | undefined;

  constructor(name: string, args: WitnessArgs, opts?: pulumi.ComponentResourceOptions) {
    const plan = planGateway(name, args);
    super("isthmus:index:Witness", name, args, opts);
    this.peerToken = new local.Token(`${name}-token`, { parent: this }).value;
    this.processId = plan.witness
      ? new local.Witness(
          `${name}-process`,
          {
            environment: plan.environment,
            mode: plan.topology,
            region: WITNESS,
            regions: plan.regions,
            changingFrom: plan.changingFrom,
            generation: plan.generation,
            home: plan.home,
            basePort: plan.basePort,
            loopback: [],
            lease: plan.lease,
            peerToken: this.peerToken,
            version: gatewayVersion,
          },
          { parent: this },
        ).processId
      : undefined;
    this.registerOutputs({ peerToken: this.peerToken, processId: this.processId });
  }
}
