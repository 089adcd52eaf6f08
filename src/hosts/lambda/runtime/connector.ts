import type { Definition } from "../../../define/connector.ts";
import { resolveDefinition } from "../../../define/resolve.ts";
import type { ResolvedConnector } from "../../../define/spec.ts";
import type { Driver, NetworkOptions } from "../../../drivers/port.ts";
import type { ConnectorConfig } from "../config.ts";

/** What is bundled with a connector's function. */
export interface ConnectorParts {
  /** Default export of the definition's file. */
  readonly definition: unknown;
  /** Roles of its driver that the function needs. */
  readonly driver: { readonly [R in keyof Driver]?: Driver[R] | undefined };
}

/** @throws DefinitionError that names the settings that are missing */
export const resolvedOf = (
  { definition }: ConnectorParts,
  { name, settings, lease }: ConnectorConfig,
): ResolvedConnector => {
  if (!isDefinition(definition)) throw new Error(`${name}: its file's default export is not a definition`);
  return resolveDefinition(name, definition, { settings, lease });
};

const isDefinition = (value: unknown): value is Definition =>
  typeof value === "object" && value !== null && "partner" in value && "via" in value && "events" in value;

/** Networks of partners on premises are not reached from here yet. */
export const networkOf = ({ loopback, outboundProxy, privateNetworks = [] }: ConnectorConfig): NetworkOptions => ({
  cidrs: privateNetworks,
  loopback,
  ...(outboundProxy !== undefined && { proxy: outboundProxy }),
});
