// The resources of the local platform, as a Pulumi program sees them. The provider is in ./provider.
import * as pulumi from "@pulumi/pulumi";
import type { Mode } from "../mode.ts";
import type { Lease } from "./plan.ts";

/** The provider of the local platform. It takes no configuration of its own. */
export class LocalProvider extends pulumi.ProviderResource {
  constructor(name: string, opts?: pulumi.ResourceOptions) {
    super("isthmus", name, {}, opts);
  }
}

export interface RegionArgs {
  readonly environment: string;
  readonly mode: Mode;
  /** The region's name; `witness` for a witness. */
  readonly region: string;
  readonly regions: readonly string[];
  /** The regions before, while one is added or removed; else empty. */
  readonly changingFrom: readonly string[];
  readonly generation: number;
  /** The folder that holds all state. */
  readonly home: pulumi.Input<string>;
  readonly basePort: pulumi.Input<number>;
  readonly loopback: pulumi.Input<readonly string[]>;
  /** Url of a proxy on this machine. */
  readonly outboundProxy?: pulumi.Input<string>;
  readonly lease?: pulumi.Input<Lease>;
  readonly peerToken: pulumi.Input<string>;
  readonly version: string;
}

class GatewayProcess extends pulumi.CustomResource {
  declare readonly pid: pulumi.Output<number>;
  /** Random per start. */
  declare readonly processId: pulumi.Output<string>;
  declare readonly stateDir: pulumi.Output<string>;
  declare readonly publicUrl: pulumi.Output<string>;
  declare readonly adminUrl: pulumi.Output<string>;
  declare readonly tokenFile: pulumi.Output<string>;

  constructor(type: string, name: string, args: RegionArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = {
      pid: undefined,
      processId: undefined,
      startedAt: undefined,
      stateDir: undefined,
      publicUrl: undefined,
      adminUrl: undefined,
      tokenFile: undefined,
    };
    super(type, name, { ...outputs, ...args, peerToken: pulumi.secret(args.peerToken) }, opts);
  }
}

/** A region's gateway process on this machine. */
export class Region extends GatewayProcess {
  constructor(name: string, args: RegionArgs, opts?: pulumi.CustomResourceOptions) {
    super("isthmus:local:Region", name, args, opts);
  }
}

/** The process that votes where the number of regions is even. */
export class Witness extends GatewayProcess {
  constructor(name: string, args: RegionArgs, opts?: pulumi.CustomResourceOptions) {
    super("isthmus:local:Witness", name, args, opts);
  }
}

/** A random secret, made once. */
export class Token extends pulumi.CustomResource {
  declare readonly value: pulumi.Output<string>;

  constructor(name: string, opts?: pulumi.CustomResourceOptions) {
    super(
      "isthmus:local:Token",
      name,
      { value: undefined },
      pulumi.mergeOptions(opts, { additionalSecretOutputs: ["value"] }),
    );
  }
}

export interface ConnectorArgs {
  readonly name: string;
  readonly region: string;
  readonly adminUrl: pulumi.Input<string>;
  readonly tokenFile: pulumi.Input<string>;
  readonly processId: pulumi.Input<string>;
  readonly digest: string;
  /** One ESM file, gzip, base64: a state holds many. */
  readonly bundle: string;
  /** The user's own part of it, to be compared by people. */
  readonly source: string;
  readonly settings: pulumi.Input<Readonly<Record<string, pulumi.Input<string>>>>;
  /** One value, or two while it rotates. */
  readonly secrets: pulumi.Input<Readonly<Record<string, pulumi.Input<readonly string[]>>>>;
  readonly paused: pulumi.Input<boolean>;
}

/** A connector in a region's process. */
export class Connector extends pulumi.CustomResource {
  constructor(name: string, args: ConnectorArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      "isthmus:local:Connector",
      name,
      { ...args, secrets: pulumi.secret(args.secrets) },
      // Its change is told by the digest, and shown by the source.
      pulumi.mergeOptions(opts, { hideDiffs: ["bundle"] }),
    );
  }
}
