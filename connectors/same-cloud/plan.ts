// What a same-cloud connector is, from its arguments: all validation, no resources.

import { type Problem, problem } from "../../src/define/problem.ts";
import { type Deployment, type PlannedDefinition, planDefinition } from "../definition.ts";
import { refuse } from "../problems.ts";

/** A public endpoint is reached like one in our own cloud, wherever it is hosted. */
const LOCATIONS: readonly string[] = ["same-cloud", "internet"];
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** @throws PlanError naming every field that is wrong; BundleError where the definition does not load. */
export function planSameCloud(deployment: Deployment, root: string): PlannedDefinition {
  const planned = planDefinition(deployment, root);
  refuse(`connector ${deployment.name}`, [
    ...checkName(deployment.name),
    ...checkLocation(planned.location),
    ...planned.problems,
  ]);
  return planned;
}

function checkName(name: string): readonly Problem[] {
  if (NAME.test(name) && name.length <= 63) return [];
  return [problem("name", `must be at most 63 lower-case letters, digits and '-', not '${name}'`)];
}

function checkLocation(location: string): readonly Problem[] {
  if (LOCATIONS.includes(location)) return [];
  return [
    problem(
      "partner.location",
      `'${location}' is not reached by this component, which is for ${LOCATIONS.join(" and ")}`,
    ),
  ];
}
