import { RestingTable } from "../../../aws/dynamo/resting-table.ts";
import type { ReplicaTables } from "../../../journal/dynamo/entries.ts";
import type { StorePlace } from "../dispatch/store.ts";
import type { Hall } from "./hall.ts";

/** Another region that did not answer is not asked for so long. Milliseconds. */
const restMs = 3_000;

/** Where the journals of a function's connector stand, for its engine, or for one that serves who reads. */
export const placeOf = (hall: Hall, by: "engine" | "reader"): StorePlace => {
  const { clock, random, config, regionalTable, gatewayTable, connectorTable } = hall;
  const { region, regions, name, lease } = config;
  const tables = { regionalTable, gatewayTable, table: connectorTable(region) };
  return {
    clock,
    random,
    region,
    regions,
    connector: name,
    ...tables,
    replicas: replicasOf(hall),
    staleMs: lease.ttlMs,
    tells: by === "engine",
  };
};

/** Other regions' tables, for a connector whose entries must be there first; null: it asks for none, or there is none. */
export const replicasOf = ({ config, connector, clock, connectorTable }: Hall): ReplicaTables | null => {
  const { durability, whenAlone } = connector.spec;
  const others = config.regions.filter((other) => other !== config.region);
  if (durability !== "replicated" || others.length === 0) return null;
  const tables = others.map((other) => new RestingTable({ table: connectorTable(other), clock, restMs }));
  return { tables, whenAlone };
};
