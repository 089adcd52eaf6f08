// What all regions of an environment share, stated once; stack files keep only what may differ per region.
import type { Topology } from "./model.ts";
import type { LeasePolicy, Platform } from "./policy.ts";

export interface EnvironmentConnector {
  /** Path of the definition's file, relative to the program's folder. */
  readonly definition: string;
  /** Settings of this connector, over those of the environment. */
  readonly settings?: Readonly<Record<string, string>>;
}
export interface Environment {
  readonly platform: Platform;
  /** In order: in primary-secondary the first is the primary. */
  readonly regions: readonly string[];
  /** The regions before, while one is added or removed: then majorities of both sets of voters decide. Default: none. */
  readonly changingFrom?: readonly string[];
  /**
   * Counts the steps of such changes: odd where the regions are settled, even while they change. Each step is deployed
   * everywhere before the next. Default 1.
   */
  readonly generation?: number;
  /** Where the witness stands; needed where the number of regions is even, except on local, which has its own. */
  readonly witness?: string;
  /** Connectors by name: a path, or a path with settings. */
  readonly connectors: Readonly<Record<string, string | EnvironmentConnector>>;
  readonly settings?: Readonly<Record<string, string>>;
  /** Lease timings. Default: the platform's. */
  readonly lease?: LeasePolicy;
  /** AWS only: id of the account's hosted zone that `domains` lie in. Default: partners call each region by its own name. */
  readonly zone?: string;
  /** AWS only: the name that partners call in each topology that has one, `{ "active-active": "events.example.com" }`. */
  readonly domains?: Readonly<Partial<Record<Topology<string>["mode"], string>>>;
  /** AWS only: connectors with `fixedSource` reach the services of AWS inside their network. Default false. */
  readonly privateEndpoints?: boolean;
  /** AWS only: ARN of the SNS topic that alarms tell, for every region. Default: alarms tell nobody. */
  readonly alarmTopics?: Readonly<Record<string, string>>;
  /** AWS only: urls that take the place of all services of a region, an emulator's. Default: none. */
  readonly endpoints?: Readonly<Record<string, string>>;
  /** Loopback addresses (`"127.0.0.1:9443"`) that partners may have; on AWS with `endpoints` only. Default: none. */
  readonly loopback?: readonly string[];
  /** Local platform only: first of the ports that the gateway listens on. Default 7400. */
  readonly basePort?: number;
}

/** Types an environment. @example export default defineEnvironment({ platform: "local", regions: ["east", "west"], connectors: {} }) */
export const defineEnvironment = (environment: Environment): Environment => environment;

/** Every region that has a part in it: while the set changes, also the one that leaves. */
export const allRegions = ({ regions, changingFrom = [] }: Pick<Environment, "regions" | "changingFrom">) => [
  ...new Set([...changingFrom, ...regions]),
];

/** The definition's path and the settings of a connector: the environment's with the connector's own over them. */
export const connectorOf = (environment: Environment, name: string): Required<EnvironmentConnector> | null => {
  const stated = environment.connectors[name];
  if (stated === undefined) return null;
  const own = typeof stated === "string" ? { definition: stated } : stated;
  return { definition: own.definition, settings: { ...environment.settings, ...own.settings } };
};
