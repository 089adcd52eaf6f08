// A gateway's handle: text at the boundary of the components, so that it crosses languages; inside, the gateway itself.
import * as pulumi from "@pulumi/pulumi";
import type { AwsGatewayNode } from "../platforms/aws/gateway.ts";
import type { LocalGatewayNode } from "../platforms/local/gateway.ts";

/** What a connector needs of its gateway. */
export type GatewayNode = LocalGatewayNode | AwsGatewayNode;

// Which resources a connector has depends on the gateway's platform, and that must be known before any output is.
const issued = new WeakMap<object, GatewayNode>();

/** The handle of a gateway: its address, known once it is up. */
export function issueHandle(node: GatewayNode, adminUrl: pulumi.Output<string>): pulumi.Output<string> {
  const { platform, environment, topology } = node.plan;
  const handle = pulumi.jsonStringify({ platform, environment, topology, region: node.region, adminUrl });
  issued.set(handle, node);
  return handle;
}

/** The gateway of a handle. @throws where it is not the `handle` of a `Gateway` of this program. */
export function gatewayOf(handle: pulumi.Input<string>): GatewayNode {
  const found = pulumi.Output.isInstance(handle) ? issued.get(handle) : undefined;
  if (found === undefined) throw new Error("gateway: must be the `handle` of a Gateway in this program");
  return found;
}
