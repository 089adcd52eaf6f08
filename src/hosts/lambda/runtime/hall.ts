import type { AwsClient } from "../../../aws/client.ts";
import { DynamoTable } from "../../../aws/dynamo/dynamo-table.ts";
import type { Table } from "../../../aws/dynamo/table.ts";
import type { Units } from "../../../aws/dynamo/units.ts";
import type { ResolvedConnector } from "../../../define/spec.ts";
import type { DriverContext } from "../../../drivers/port.ts";
import { type ConnectorConfig, connectorConfig } from "../config.ts";
import { type ConnectorParts, networkOf, resolvedOf } from "./connector.ts";
import { Drain } from "./drain.ts";
import { withBuckets } from "./payloads.ts";
import { HeldSecrets } from "./secrets.ts";
import { clientOf, configOf, type Surroundings } from "./surroundings.ts";

/** What every function of a connector is built from, once for all its calls. */
export interface Hall extends Surroundings {
  readonly config: ConnectorConfig;
  readonly connector: ResolvedConnector;
  readonly client: AwsClient;
  readonly secrets: HeldSecrets;
  readonly drain: Drain;
  readonly context: DriverContext;
  /** Of the connector, in this region or through another region's endpoint. */
  connectorTable(region: string): Table;
  readonly regionalTable: Table;
  readonly gatewayTable: Table;
}

/** Feeds alone sign cursors. */
const noKey = new Uint8Array(32);

/** @throws Error, DefinitionError: the function was deployed wrongly */
export const hallOf = (parts: ConnectorParts, surroundings: Surroundings): Hall => {
  const { variables, clock, log, units } = surroundings;
  const config = configOf(connectorConfig, variables);
  const { region, name, digest } = config;
  const client = clientOf(surroundings, config);
  // A region that is away is not waited for any longer than one of the voters is.
  const elsewhere = { timeoutMs: config.lease.requestTimeoutMs };
  const table = (tableName: string, at = region): Table =>
    new DynamoTable({ client, region: at, name: tableName, ...(at !== region && elsewhere), ...unitsOf(units) });
  const secrets = new HeldSecrets({ client, region, prefix: config.secretPrefix, names: config.secrets, clock, log });
  const regionalTable = table(config.regionalTable);
  return {
    ...surroundings,
    config,
    client,
    secrets,
    regionalTable,
    connector: resolvedOf(parts, config),
    drain: new Drain({ table: regionalTable, connector: name, digest, clock }),
    context: { secrets: secrets.of, clock, network: networkOf(config), cursorKey: noKey, aws: { client, region } },
    connectorTable: (at) => withBuckets(table(config.table, at), at, { ...config, client, connector: name }),
    gatewayTable: table(config.gatewayTable),
  };
};

const unitsOf = (units: Units | undefined): { readonly units?: Units } => (units === undefined ? {} : { units });
