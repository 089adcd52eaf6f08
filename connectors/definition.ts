// A definition as the components see it: its bundle, and every problem of deploying it under a name.
import { checkDefinition } from "../src/define/check.ts";
import type { Role } from "../src/define/model.ts";
import { parseDefinition } from "../src/define/parse/parse.ts";
import type { LeasePolicy, Platform } from "../src/define/policy.ts";
import type { Problem } from "../src/define/problem.ts";
import { resolveParsed } from "../src/define/resolve.ts";
import type { ConnectorSpec } from "../src/define/spec.ts";
import { type Bundle, bundleDefinitions, definitionOf } from "./bundle/bundle.ts";

export interface Deployment {
  readonly name: string;
  /** Path of the definition's file, relative to the program's folder. */
  readonly definition: string;
  /** By name; null: given, and not known before the deployment. */
  readonly settings: Readonly<Record<string, string | null>>;
  /** Names of the secrets that are given. */
  readonly secrets: readonly string[];
  /** Of the gateway that it is deployed to. */
  readonly gateway: {
    readonly platform: Platform;
    readonly lease: LeasePolicy;
    readonly loopback: readonly string[];
  };
}

export interface PlannedDefinition {
  readonly bundle: Bundle;
  /** null: the definition cannot be read, and `problems` say why. */
  readonly spec: ConnectorSpec | null;
  /** Types of our events: of those that egress takes, or ingress makes. */
  readonly events: readonly string[];
  readonly location: string;
  /** The partner calls us over HTTP: to give (`receive`) or to read (`feed`). */
  readonly isCalled: boolean;
  /** Names of the given secrets that the role uses: the connector gets no other. */
  readonly secrets: readonly string[];
  /** Names of the given settings that the role uses. */
  readonly settings: readonly string[];
  readonly problems: readonly Problem[];
}

/** Stands for a setting that a resource gives later, where the rules need a text: it may be a URL. */
export const NOT_KNOWN_YET = "https://not-known-before-the-deployment.invalid";

const CALLED: readonly Role[] = ["receive", "feed"];

/** @param root the program's folder. @throws BundleError where the definition does not load */
export function planDefinition(deployment: Deployment, root: string): PlannedDefinition {
  const bundle = bundleDefinitions([deployment.definition], root).get(deployment.definition);
  if (bundle === undefined) throw new RangeError(`${deployment.definition} was not bundled`);
  const definition = definitionOf(bundle);
  const settings = Object.fromEntries(
    Object.entries(deployment.settings).map(([name, value]) => [name, value ?? NOT_KNOWN_YET]),
  );
  const problems = checkDefinition(deployment.name, definition, {
    settings,
    secrets: deployment.secrets,
    ...deployment.gateway,
  });
  const read = parseDefinition(definition, settings);
  const used = read.kind === "parsed" ? read.parsed : { secrets: new Set<string>(), settings: new Set<string>() };
  return {
    bundle,
    spec: read.kind === "parsed" ? resolveParsed(deployment.name, read.parsed, deployment.gateway.lease).spec : null,
    events: Object.keys(definition.events),
    location: definition.partner.location,
    isCalled: definition.via.driver === "http" && CALLED.includes(definition.via.role),
    secrets: deployment.secrets.filter((name) => [...used.secrets].some((pattern) => fits(name, pattern))),
    settings: Object.keys(settings).filter((name) => used.settings.has(name)),
    problems,
  };
}

/** A secret per tenant is named `shop/{tenant}`, and given as one secret for each. */
function fits(name: string, pattern: string): boolean {
  const [before = "", after] = pattern.split("{tenant}");
  if (after === undefined) return name === pattern;
  return name.length > before.length + after.length && name.startsWith(before) && name.endsWith(after);
}
