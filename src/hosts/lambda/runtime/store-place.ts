import type { ReplicaTables } from "../../../journal/dynamo/entries.ts";
import type { StorePlace } from "../dispatch/store.ts";
import type { Hall } from "./hall.ts";

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
export const replicasOf = ({ config, connector, connectorTable }: Hall): ReplicaTables | null => {
  const { durability, whenAlone } = connector.spec;
  const others = config.regions.filter((other) => other !== config.region);
  return durability === "replicated" && others.length > 0 ? { tables: others.map(connectorTable), whenAlone } : null;
};
