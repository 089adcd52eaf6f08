// A definition as the components see it: its bundle, and every problem of deploying it under a name.

import { type Problem, problem } from "../src/define/problem.ts";
import { type Bundle, bundleDefinitions, definitionOf } from "./bundle/bundle.ts";

export interface Deployment {
  readonly name: string;
  /** Path of the definition's file, relative to the program's folder. */
  readonly definition: string;
  /** Values that are known; null: given, and not known before the deployment. */
  readonly settings: Readonly<Record<string, string | null>>;
  /** Names of the secrets that are given. */
  readonly secrets: readonly string[];
}

export interface PlannedDefinition {
  readonly bundle: Bundle;
  readonly location: string;
  readonly role: string;
  /** Names of the secrets that the role uses: the connector gets no other. */
  readonly secrets: readonly string[];
  readonly settings: readonly string[];
  readonly problems: readonly Problem[];
}

export function planDefinition(deployment: Deployment, root: string): PlannedDefinition {
  const bundle = bundleDefinitions([deployment.definition], root).get(deployment.definition);
  if (bundle === undefined) throw new Error(`${deployment.definition} was not bundled`);
  const definition = definitionOf(bundle);
  const secrets = named(definition, "secret");
  const problems = secrets
    .filter((name) => !deployment.secrets.includes(name))
    .map((name) => problem(`secrets.${name}`, "missing"));
  return {
    bundle,
    location: definition.partner.location,
    role: definition.via.role,
    secrets,
    settings: named(definition, "setting"),
    problems,
  };
}

function named(value: unknown, kind: string): readonly string[] {
  const found = new Set<string>();
  const walk = (inner: unknown, depth: number): void => {
    if (typeof inner !== "object" || inner === null || depth > 8) return;
    for (const [key, child] of Object.entries(inner)) {
      if (key === kind && typeof child === "string") found.add(child);
      else walk(child, depth + 1);
    }
  };
  walk(value, 0);
  return [...found].sort();
}
