// What a same-cloud connector is, from its arguments: all validation, no resources.
import { type Problem, problem } from "../../src/define/problem.ts";
import type { ConnectorSpec } from "../../src/define/spec.ts";
import { type Deployment, type PlannedDefinition, planDefinition } from "../definition.ts";
import { unknownResources } from "../platforms/aws/connector-plan.ts";
import { refuse } from "../problems.ts";

export type PlannedSameCloud = PlannedDefinition & { readonly spec: ConnectorSpec };

/** A public endpoint is reached like one in our own cloud, wherever it is hosted. */
const LOCATIONS: readonly string[] = ["same-cloud", "internet"];

/**
 * @param root the program's folder
 * @throws PlanError naming every field that is wrong; BundleError where the definition does not load
 */
export function planSameCloud(deployment: Deployment, root: string): PlannedSameCloud {
  const planned = planDefinition(deployment, root);
  const { spec, location, problems } = planned;
  const isAws = deployment.gateway.platform === "aws";
  refuse(`connector ${deployment.name}`, [
    ...checkLocation(location),
    ...problems,
    ...(isAws && spec !== null ? unknownResources(spec) : []),
  ]);
  if (spec === null) throw new Error(`${deployment.definition} was not read, and nothing says why`);
  return { ...planned, spec };
}

function checkLocation(location: string): readonly Problem[] {
  if (LOCATIONS.includes(location)) return [];
  const message = `'${location}' is not reached by this component, which is for ${LOCATIONS.join(" and ")}`;
  return [problem("partner.location", message)];
}
