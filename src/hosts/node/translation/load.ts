import { pathToFileURL } from "node:url";
import type { Definition } from "../../../define/connector.ts";
import { DefinitionError, problem } from "../../../define/problem.ts";
import { type Resolving, resolveDefinition } from "../../../define/resolve.ts";
import type { ResolvedConnector } from "../../../define/spec.ts";

/** The connector of a bundle's file. @throws DefinitionError, or what the bundle's own code throws */
export const loadConnector = async (name: string, file: string, resolving: Resolving): Promise<ResolvedConnector> => {
  const module: { readonly default?: unknown } = await import(pathToFileURL(file).href);
  const definition = module.default;
  if (!isDefinition(definition)) {
    const fix = "write `export default defineConnector({ ... })`";
    throw new DefinitionError(name, [problem("bundle", "its default export is not a definition", fix)]);
  }
  return resolveDefinition(name, definition, resolving);
};

const isDefinition = (value: unknown): value is Definition =>
  typeof value === "object" && value !== null && "partner" in value && "via" in value && "events" in value;
