// The functions that a gateway has beside those of its connectors, and what each is told. Pure.
import type { AdminConfig, KeeperConfig } from "../../../src/hosts/lambda/config.ts";
import { type FunctionPlan, planFunction } from "./function-plan.ts";
import type { AwsGatewayPlan } from "./gateway-plan.ts";
import {
  invoke,
  readConnector,
  readGatewayTable,
  readPayloads,
  readRegional,
  readStatus,
  vote,
  writeConnector,
  writeGatewayTable,
  writeRegional,
} from "./grants.ts";
import { busName, functionName, payloadBucketName, secretPrefix, tables } from "./names.ts";

const connectorsOf = ({ connectors }: AwsGatewayPlan): readonly string[] => Object.keys(connectors);
const dispatchOf = (gateway: AwsGatewayPlan, connector: string): string =>
  functionName(gateway.scope, connector, "dispatch");

/** Renews the leases of the region's duties, and has connectors looked after. */
export const planKeeper = (gateway: AwsGatewayPlan): FunctionPlan =>
  planFunction(gateway, "keeper", null, [
    ...vote(gateway),
    ...readRegional(gateway),
    ...writeRegional(gateway),
    ...readGatewayTable(gateway),
    ...writeGatewayTable(gateway),
    ...connectorsOf(gateway).flatMap((name) => readStatus(gateway, name)),
    ...invoke(gateway, [
      functionName(gateway.scope, "keeper"),
      ...connectorsOf(gateway).map((name) => dispatchOf(gateway, name)),
    ]),
  ]);

/** Answers people and deployments. */
export const planAdmin = (gateway: AwsGatewayPlan): FunctionPlan =>
  planFunction(gateway, "admin", null, [
    ...readRegional(gateway),
    ...writeRegional(gateway),
    ...readGatewayTable(gateway),
    ...connectorsOf(gateway).flatMap((name) => [
      ...readConnector(gateway, name),
      ...readPayloads(gateway, name),
      ...writeConnector(gateway, name),
    ]),
    ...invoke(
      gateway,
      connectorsOf(gateway).map((name) => dispatchOf(gateway, name)),
    ),
  ]);

type Shared = Omit<KeeperConfig, "keeperFunction" | "connectors">;

/** What all functions of a region are told. */
export const sharedConfig = (gateway: AwsGatewayPlan): Shared => ({
  environment: gateway.environment,
  mode: gateway.topology,
  region: gateway.region,
  regions: [...gateway.regions],
  witness: gateway.witness,
  lease: { ...gateway.lease },
  regionalTable: tables.regional(gateway.scope),
  gatewayTable: tables.gateway(gateway.scope),
  busName: busName(gateway.scope),
  payloadBucket: payloadBucketName(gateway.scope, gateway),
  secretPrefix: secretPrefix(gateway.environment),
  endpoints: { ...gateway.endpoints },
  loopback: [...gateway.loopback],
});

const connectorConfigs = (gateway: AwsGatewayPlan): AdminConfig["connectors"] =>
  Object.fromEntries(
    Object.entries(gateway.connectors).map(([name, { role, digest }]) => [
      name,
      { role, digest, table: tables.connector(gateway.scope, name), dispatchFunction: dispatchOf(gateway, name) },
    ]),
  );

export const keeperConfigOf = (gateway: AwsGatewayPlan): KeeperConfig => ({
  ...sharedConfig(gateway),
  keeperFunction: functionName(gateway.scope, "keeper"),
  // A changed definition is no change of the keeper.
  connectors: Object.fromEntries(
    Object.entries(connectorConfigs(gateway)).map(([name, { digest: _, ...connector }]) => [name, connector]),
  ),
});

export const adminConfigOf = (gateway: AwsGatewayPlan): AdminConfig => ({
  ...sharedConfig(gateway),
  connectors: connectorConfigs(gateway),
});
