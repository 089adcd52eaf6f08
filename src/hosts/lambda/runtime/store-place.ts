import type { StorePlace } from "../dispatch/store.ts";
import type { Hall } from "./hall.ts";

/** Where the journals of a function's connector stand. */
export const placeOf = ({ clock, random, config, regionalTable, gatewayTable, connectorTable }: Hall): StorePlace => {
  const { region, regions, name } = config;
  return {
    clock,
    random,
    region,
    regions,
    connector: name,
    regionalTable,
    gatewayTable,
    table: connectorTable(region),
  };
};
