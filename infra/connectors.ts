// The connectors of an environment, in one region.
import * as pulumi from "@pulumi/pulumi";
import type { Gateway } from "../connectors/gateway/gateway.ts";
import { SameCloudConnector } from "../connectors/same-cloud/same-cloud.ts";
import { connectorOf, type Environment, type EnvironmentConnector } from "../src/define/environment.ts";
import type { RegionSettings, Shared } from "./config/settings.ts";

interface Given extends Shared {
  readonly secrets: Readonly<Record<string, readonly string[]>>;
  readonly gateway: Gateway;
  readonly providers: pulumi.ProviderResource[];
}

/** The environment's connectors, or those of a canary. */
export function deployConnectors(environment: Environment, settings: RegionSettings, given: Given) {
  return Object.keys(environment.connectors)
    .filter((name) => settings.only.length === 0 || settings.only.includes(name))
    .flatMap((name) => {
      const stated = connectorOf(environment, name);
      return stated === null ? [] : [[name, deployConnector(name, stated, settings, given)] as const];
    });
}

function deployConnector(
  name: string,
  stated: EnvironmentConnector,
  settings: RegionSettings,
  given: Given,
): SameCloudConnector {
  return new SameCloudConnector(
    name,
    {
      gateway: given.gateway.handle,
      definition: stated.definition,
      settings: { ...stated.settings, ...given.settings },
      secrets: secretValues(given.secrets, 0),
      previousSecrets: secretValues(given.secrets, 1),
      paused: settings.paused.includes(name),
    },
    { providers: given.providers },
  );
}

function secretValues(secrets: Readonly<Record<string, readonly string[]>>, index: number) {
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([name, values]) => {
      const value = values[index];
      return value === undefined ? [] : [[name, pulumi.secret(value)]];
    }),
  );
}
