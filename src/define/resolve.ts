// From a definition to what the gateway runs: the spec as data and the user's functions, checked on their way out.
import type { Definition } from "./connector.ts";
import { egressFunctions } from "./functions/egress.ts";
import { feedFunctions } from "./functions/feed.ts";
import { pollFunctions, receiveFunctions } from "./functions/ingress.ts";
import { type Parsed, parseDefinition } from "./parse/parse.ts";
import { type LeasePolicy, leases } from "./policy.ts";
import { DefinitionError } from "./problem.ts";
import { feedSpec, sendSpec } from "./resolve/egress.ts";
import { pollSpec, receiveSpec } from "./resolve/ingress.ts";
import type { ResolvedConnector } from "./spec.ts";

export interface Resolving {
  /** Texts of the settings, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Lease timings that the connector will run under. Default: those of the local platform. */
  readonly lease?: LeasePolicy;
}

/**
 * A connector named `name` from its definition. Throws a `DefinitionError` that lists every field that cannot be read
 * and every setting that is missing. The rules between fields are `checkDefinition`'s.
 */
export const resolveDefinition = (name: string, definition: Definition, resolving: Resolving): ResolvedConnector => {
  const result = parseDefinition(definition, resolving.settings);
  if (result.kind === "refused" || result.problems.length > 0) throw new DefinitionError(name, result.problems);
  return resolveParsed(name, result.parsed, resolving.lease ?? leases.local);
};

/** The spec and the functions of a definition that was read. */
export const resolveParsed = (name: string, parsed: Parsed, lease: LeasePolicy): ResolvedConnector => {
  switch (parsed.role) {
    case "receive":
      return { spec: receiveSpec(name, parsed, lease), functions: receiveFunctions(parsed.fields) };
    case "poll":
      return { spec: pollSpec(name, parsed, lease), functions: pollFunctions(parsed) };
    case "send":
      return { spec: sendSpec(name, parsed, lease), functions: egressFunctions(parsed) };
    case "feed":
      return { spec: feedSpec(name, parsed, lease), functions: feedFunctions(parsed.fields) };
  }
};
