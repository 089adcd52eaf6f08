// The connectors of an environment, in one region.
import * as pulumi from "@pulumi/pulumi";
import { bundleDefinitions } from "../connectors/bundle/bundle.ts";
import type { Gateway } from "../connectors/gateway/gateway.ts";
import { SameCloudConnector } from "../connectors/same-cloud/same-cloud.ts";
import { connectorOf, type Environment, type EnvironmentConnector } from "../src/define/environment.ts";
import type { RegionSettings, Shared } from "./config/settings.ts";

interface Given extends Shared {
  readonly secrets: Readonly<Record<string, readonly string[]>>;
  readonly gateway: Gateway;
  readonly providers: pulumi.ProviderResource[];
}

/** The environment's connectors, or those of a canary. @throws with the problems of all of them at once. */
export function deployConnectors(environment: Environment, settings: RegionSettings, given: Given) {
  const names = Object.keys(environment.connectors).filter(
    (name) => settings.only.length === 0 || settings.only.includes(name),
  );
  const stated = names.flatMap((name) => connectorOf(environment, name) ?? []);
  bundleDefinitions(
    stated.map(({ definition }) => definition),
    process.cwd(),
  );
  const refused: string[] = [];
  const connectors = stated.flatMap((connector, index) => {
    const name = names[index] ?? "";
    try {
      return [[name, deployConnector(name, connector, settings, given)] as const];
    } catch (error) {
      if (!(error instanceof pulumi.RunError)) throw error;
      refused.push(error.message);
      return [];
    }
  });
  if (refused.length > 0) throw new pulumi.RunError([...refused, ...howToSet(refused)].join("\n"));
  return connectors;
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

/** A secret is not in a file that can be read up, so say where it goes. */
function howToSet(refused: readonly string[]): readonly string[] {
  if (!refused.some((message) => /secret '[^']+' is missing/.test(message))) return [];
  const environment = pulumi.getStack().split(".")[0];
  return [
    `to set a secret: pulumi config set --secret --path 'isthmus:secrets["<name>"]' -s ${environment}.global, then pulumi up -s ${environment}.global`,
  ];
}

function secretValues(secrets: Readonly<Record<string, readonly string[]>>, index: number) {
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([name, values]) => {
      const value = values[index];
      return value === undefined ? [] : [[name, pulumi.secret(value)]];
    }),
  );
}
