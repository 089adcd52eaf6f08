// Everything that can be wrong with an environment and its connectors, told at once and before anything is made.
import { bundleDefinitions, definitionOf } from "../../connectors/bundle/bundle.ts";
import { refuse } from "../../connectors/problems.ts";
import { checkEnvironment, type EnvironmentChecking } from "../../src/define/check/environment.ts";
import { allRegions, connectorOf, type Environment } from "../../src/define/environment.ts";
import { type Problem, problem } from "../../src/define/problem.ts";
import type { RegionSettings } from "./settings.ts";
import type { RegionStack } from "./stack.ts";

/**
 * @param root the folder that paths of definitions are relative to
 * @throws PlanError naming every field that is wrong; BundleError where a definition does not load
 */
export function requireGood(name: string, environment: Environment, checking: EnvironmentChecking, root: string): void {
  const paths = Object.keys(environment.connectors).flatMap((connector) => {
    const stated = connectorOf(environment, connector);
    return stated === null ? [] : [[connector, stated.definition] as const];
  });
  const bundles = bundleDefinitions(
    paths.map(([, path]) => path),
    root,
  );
  const definitions = paths.flatMap(([connector, path]) => {
    const bundle = bundles.get(path);
    return bundle === undefined ? [] : [[connector, definitionOf(bundle)] as const];
  });
  const problems = checkEnvironment(environment, Object.fromEntries(definitions), checking);
  // A secret stands in no file that could be looked at, so say where it goes.
  const howToSet = (secret: string): string =>
    `set it: pulumi config set --secret --path 'isthmus:secrets["${secret}"]' -s ${name}.global, then pulumi up -s ${name}.global`;
  refuse(
    `environment ${name}`,
    problems.map(({ path, message, fix }) => {
      const secret = missingSecretIn(message);
      return problem(path, message, fix ?? (secret === null ? null : howToSet(secret)));
    }),
  );
}

const missingSecretIn = (message: string): string | null => /^secret '([^']+)' is missing/.exec(message)?.[1] ?? null;

/** What the stack's name and configuration say that the environment does not have. */
export function checkStack(stack: RegionStack, settings: RegionSettings, environment: Environment): readonly Problem[] {
  const regions = allRegions(environment);
  const known = Object.keys(environment.connectors);
  const region = regions.includes(stack.region)
    ? []
    : [problem("region", `'${stack.region}' is not a region of ${stack.file}: ${regions.join(", ")}`)];
  const names = (["only", "paused"] as const).flatMap((key) =>
    settings[key]
      .filter((name) => !known.includes(name))
      .map((name) => problem(`isthmus:${key}`, `there is no connector '${name}'; there are: ${known.join(", ")}`)),
  );
  return [...region, ...names];
}
