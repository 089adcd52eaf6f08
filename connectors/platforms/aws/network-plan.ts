// The network of functions that leave by fixed addresses: one in each region, shared by all connectors that ask. Pure.

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

/** Tables and payloads of the own region are reached from inside always: this way costs nothing. */
export const throughRoutes = ["dynamodb", "s3"] as const;

/** Reached from inside where that is asked for: each is paid by the hour. What other regions have goes the common way. */
export const throughInterfaces = ["events", "lambda", "secretsmanager", "sqs", "sts"] as const;

export const serviceName = (region: string, service: string): string => `com.amazonaws.${region}.${service}`;
