// The connectors of an environment, in one region.
import type * as pulumi from "@pulumi/pulumi";
import type { Gateway } from "../connectors/gateway/gateway.ts";
import { SameCloudConnector, type SameCloudConnectorArgs } from "../connectors/same-cloud/same-cloud.ts";
import { connectorOf, type Environment } from "../src/define/environment.ts";
import type { RegionSettings } from "./config/settings.ts";
import type { Connectors } from "./outputs.ts";

interface Given {
  readonly gateway: Gateway;
  readonly providers: pulumi.ProviderResource[];
  /** Over those of the environment's file. */
  readonly settings: Readonly<Record<string, string>>;
  /** What a platform gives a connector beside that. */
  readonly argsOf: (name: string) => Partial<SameCloudConnectorArgs>;
}

/** The environment's connectors, or those of a canary. */
export const deployConnectors = (environment: Environment, settings: RegionSettings, given: Given): Connectors =>
  Object.keys(environment.connectors)
    .filter((name) => settings.only.length === 0 || settings.only.includes(name))
    .flatMap((name) => {
      const stated = connectorOf(environment, name);
      if (stated === null) return [];
      const args = {
        gateway: given.gateway.handle,
        definition: stated.definition,
        settings: { ...stated.settings, ...given.settings },
        paused: settings.paused.includes(name),
        ...given.argsOf(name),
      };
      return [[name, new SameCloudConnector(name, args, { providers: given.providers })] as const];
    });
