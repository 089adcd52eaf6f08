// Outputs of stacks: what a global stack tells its regions, and what a region tells the world.
import * as pulumi from "@pulumi/pulumi";
import type * as z from "zod";
import type { Gateway } from "../connectors/gateway/gateway.ts";
import type { SameCloudConnector } from "../connectors/same-cloud/same-cloud.ts";
import type { RegionStack } from "./config/stack.ts";

/** Reads outputs of the environment's global stack. @throws saying how to make it */
export async function readGlobal<S extends z.ZodObject>(stack: RegionStack, schema: S): Promise<z.output<S>> {
  const name = `${stack.environment}.global`;
  const global = new pulumi.StackReference(`${pulumi.getOrganization()}/${pulumi.getProject()}/${name}`);
  const names = Object.keys(schema.shape);
  const found = await Promise.all(names.map((output) => global.getOutputDetails(output)));
  if (found[0]?.value === undefined)
    throw new pulumi.RunError(`stack ${name} is not deployed: run \`pulumi up -s ${name}\` first`);
  return schema.parse(
    Object.fromEntries(names.map((output, index) => [output, found[index]?.value ?? found[index]?.secretValue])),
  );
}

export type Connectors = readonly (readonly [string, SameCloudConnector])[];

/** The same names on every platform. */
export const regionOutputs = (gateway: Gateway, connectors: Connectors) => ({
  url: gateway.url,
  health: { accept: gateway.healthAcceptUrl, act: gateway.healthActUrl },
  processId: gateway.processId,
  endpoints: Object.fromEntries(connectors.flatMap(([name, { endpoint }]) => (endpoint ? [[name, endpoint]] : []))),
  digests: Object.fromEntries(connectors.map(([name, { digest }]) => [name, digest])),
});
