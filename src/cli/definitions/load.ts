import { existsSync } from "node:fs";
import { basename, extname, join, relative, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Definition } from "../../define/connector.ts";
import { connectorOf, type Environment } from "../../define/environment.ts";
import { fixtureFolder } from "../../define/fixtures.ts";
import { didYouMean } from "../../define/nearest.ts";
import { UsageError } from "../exit.ts";

export interface ProgramOptions {
  /** The folder of the Pulumi program: `environments/` and the definitions' paths are relative to it. */
  readonly program: string;
  readonly env: string;
}

/** A definition from its file, as a connector of an environment or on its own. */
export interface LoadedDefinition {
  readonly name: string;
  /** Of the file, relative to the working folder. */
  readonly path: string;
  readonly definition: Definition;
  readonly settings: Readonly<Record<string, string>>;
  readonly fixtures: string;
}

/** @throws UsageError where the environment's file is not there or is none */
export const loadEnvironment = async ({ program, env }: ProgramOptions): Promise<Environment> => {
  const path = resolve(program, "environments", `${env}.ts`);
  const found = await defaultOf(path);
  if (!hasKeys(found, "platform", "regions", "connectors")) {
    throw new UsageError(`${shown(path)}: its default export is not an environment: write defineEnvironment({ ... })`);
  }
  // Looked at above; what its fields hold is for the check.
  return found as unknown as Environment;
};

/** A connector of the environment. @throws UsageError */
export const loadConnector = async (
  environment: Environment,
  name: string,
  { program, env }: ProgramOptions,
): Promise<LoadedDefinition> => {
  const stated = connectorOf(environment, name);
  if (stated === null) {
    const known = Object.keys(environment.connectors);
    throw new UsageError(
      `${env} has no connector '${name}'; there are: ${known.join(", ")}.${didYouMean(name, known)}`,
    );
  }
  return loadFile(name, resolve(program, stated.definition), stated.settings);
};

/** A definition by its file alone, with the environment's settings. @throws UsageError */
export const loadDefinition = (path: string, environment: Environment | null): Promise<LoadedDefinition> =>
  loadFile(basename(path, extname(path)), resolve(path), environment?.settings ?? {});

const loadFile = async (
  name: string,
  path: string,
  settings: Readonly<Record<string, string>>,
): Promise<LoadedDefinition> => {
  const definition = await defaultOf(path);
  if (!hasKeys(definition, "partner", "via", "events")) {
    throw new UsageError(`${shown(path)}: its default export is not a definition: write defineConnector({ ... })`);
  }
  return {
    name,
    path: shown(path),
    definition: definition as unknown as Definition,
    settings,
    fixtures: fixtureFolder(path),
  };
};

const defaultOf = async (path: string): Promise<unknown> => {
  if (!existsSync(path)) throw new UsageError(`${shown(path)} is not there`);
  try {
    const module: { readonly default?: unknown } = await import(pathToFileURL(path).href);
    return module.default;
  } catch (error) {
    throw new UsageError(`${shown(path)} cannot be loaded: ${error instanceof Error ? error.message : String(error)}`);
  }
};

const hasKeys = (value: unknown, ...keys: readonly string[]): boolean =>
  typeof value === "object" && value !== null && keys.every((key) => key in value);

const shown = (path: string): string => join(relative(process.cwd(), path));
