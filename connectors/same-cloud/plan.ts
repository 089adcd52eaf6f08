// What a same-cloud connector is, from its arguments: all validation, no resources.
import { type Problem, problem } from "../../src/define/problem.ts";
import { type Deployment, type PlannedDefinition, planDefinition } from "../definition.ts";
import { refuse } from "../problems.ts";

/** A public endpoint is reached like one in our own cloud, wherever it is hosted. */
const LOCATIONS: readonly string[] = ["same-cloud", "internet"];

/**
 * @param root the program's folder
 * @throws PlanError naming every field that is wrong; BundleError where the definition does not load
 */
export function planSameCloud(deployment: Deployment, root: string): PlannedDefinition {
  const planned = planDefinition(deployment, root);
  refuse(`connector ${deployment.name}`, [...checkLocation(planned.location), ...planned.problems]);
  return planned;
}

function checkLocation(location: string): readonly Problem[] {
  if (LOCATIONS.includes(location)) return [];
  const message = `'${location}' is not reached by this component, which is for ${LOCATIONS.join(" and ")}`;
  return [problem("partner.location", message)];
}
