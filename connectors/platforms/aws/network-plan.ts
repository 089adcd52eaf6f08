// The network of functions that leave by fixed addresses: one in each region, shared by all connectors that ask. Pure.

import type { AwsConnectorFacts, AwsFacts } from "./gateway-plan.ts";

/** Of nobody else: the network is joined with no other. */
export const NETWORK = "10.255.0.0/24";

export interface ZonePlan {
  /** Index among the region's availability zones. */
  readonly zone: number;
  /** Where the address stands that calls leave by. */
  readonly outside: string;
  /** Where the functions are. */
  readonly inside: string;
}

/** Two zones: while one of them fails, calls leave by the address of the other. */
export const zonePlans: readonly ZonePlan[] = [
  { zone: 0, outside: "10.255.0.0/26", inside: "10.255.0.128/26" },
  { zone: 1, outside: "10.255.0.64/26", inside: "10.255.0.192/26" },
];

/** Where functions and endpoints stand. */
export const INSIDE = "10.255.0.128/25";

type Connectors = Pick<AwsFacts, "connectors">;
const standsInside = ({ fixedSource, privateServices }: AwsConnectorFacts): boolean =>
  fixedSource || privateServices.length > 0;

export const needsNetwork = ({ connectors }: Connectors): boolean => Object.values(connectors).some(standsInside);
/** Whether the connector's calls to its partner leave from inside. */
export const isInside = ({ connectors }: Connectors, name: string): boolean => {
  const facts = connectors[name];
  return facts !== undefined && standsInside(facts);
};

export interface NetworkOptions {
  /** The services of AWS that functions call have endpoints inside. */
  readonly privateEndpoints: boolean;
  /** Names of partners' endpoint services, each once: a name has one endpoint in a network. */
  readonly services: readonly string[];
  /** Keep the addresses when they are taken out of the program: partners let them in. */
  readonly protect: boolean;
}
export const networkOptions = ({ connectors, privateEndpoints, protectData: protect }: AwsFacts): NetworkOptions => ({
  privateEndpoints,
  protect,
  services: [...new Set(Object.values(connectors).flatMap(({ privateServices }) => privateServices))].sort(),
});

const SERVICE = /^com\.amazonaws\.vpce\.([a-z0-9-]+)\.(vpce-svc-[0-9a-f]+)$/;
/** Where a partner's endpoint service stands, and what it is called among others. */
export function serviceOf(name: string): { readonly region: string; readonly id: string } {
  const [, region = "", id = name] = SERVICE.exec(name) ?? [];
  return { region, id };
}

/** Tables and payloads of the own region are reached from inside always: this way costs nothing. */
export const throughRoutes = ["dynamodb", "s3"] as const;

/** Reached from inside where that is asked for: each is paid by the hour. What other regions have goes the common way. */
export const throughInterfaces = ["events", "lambda", "secretsmanager", "sqs", "sts"] as const;

export const serviceName = (region: string, service: string): string => `com.amazonaws.${region}.${service}`;
