import { checkEnvironment } from "../../define/check/environment.ts";
import { checkDefinition } from "../../define/check.ts";
import type { Environment } from "../../define/environment.ts";
import { type FixtureResult, runFixtures } from "../../define/fixtures.ts";
import { type Problem, problemLine } from "../../define/problem.ts";
import { resolveDefinition } from "../../define/resolve.ts";
import { proveFixture } from "../../drivers/http/proof/prover.ts";
import {
  type LoadedDefinition,
  loadConnector,
  loadDefinition,
  loadEnvironment,
  type ProgramOptions,
} from "../definitions/load.ts";
import { type ExitCode, exit } from "../exit.ts";
import type { Output } from "../output.ts";

interface Checked {
  readonly name: string;
  readonly problems: readonly Problem[];
  readonly fixtures: readonly FixtureResult[];
}

/**
 * Everything about definitions that can be said offline, by the rules of a preview, and their fixtures.
 *
 * @param names connectors of the environment, or files; none: the whole environment
 */
export const check = async (
  names: readonly string[],
  options: ProgramOptions,
): Promise<Output & { readonly code: ExitCode }> => {
  const files = names.filter((name) => name.endsWith(".ts"));
  const environment = files.length < names.length || names.length === 0 ? await loadEnvironment(options) : null;
  const connectors =
    names.length === 0 ? Object.keys(environment?.connectors ?? {}) : names.filter((name) => !files.includes(name));
  const loaded = await Promise.all([
    ...connectors.map((name) => loadNamed(environment, name, options)),
    ...files.map((file) => loadDefinition(file, environment)),
  ]);
  const whole = names.length === 0 && environment !== null ? environmentProblems(environment, loaded) : [];
  const checked = loaded.map((each) => checkOne(each, environment));
  const bad = whole.length > 0 || checked.some(({ problems, fixtures }) => problems.length > 0 || fixtures.some(isBad));
  const code = bad ? exit.degraded : exit.well;
  return { json: { environment: whole, connectors: checked }, text: textOf(whole, checked), code };
};

const loadNamed = (
  environment: Environment | null,
  name: string,
  options: ProgramOptions,
): Promise<LoadedDefinition> =>
  environment === null ? loadDefinition(name, null) : loadConnector(environment, name, options);

/** What concerns the environment as a whole; the connectors' own are told by connector. */
const environmentProblems = (environment: Environment, loaded: readonly LoadedDefinition[]): readonly Problem[] => {
  const definitions = Object.fromEntries(loaded.map(({ name, definition }) => [name, definition]));
  return checkEnvironment(environment, definitions).filter(({ path }) => !path.startsWith("connectors."));
};

const checkOne = (
  { name, definition, settings, fixtures }: LoadedDefinition,
  environment: Environment | null,
): Checked => {
  const platform = environment?.platform ?? "local";
  const problems = checkDefinition(name, definition, { settings, platform, loopback: environment?.loopback ?? [] });
  // Fixtures of a definition that cannot be read say nothing.
  if (problems.length > 0) return { name, problems, fixtures: [] };
  return {
    name,
    problems,
    fixtures: runFixtures(fixtures, resolveDefinition(name, definition, { settings }), proveFixture),
  };
};

const isBad = ({ kind }: FixtureResult): boolean => kind !== "passed";

const textOf = (whole: readonly Problem[], checked: readonly Checked[]): string =>
  [
    ...whole.map(problemLine),
    ...checked.flatMap(({ name, problems, fixtures }) => [
      `${name}: ${stateText(problems, fixtures)}${fixturesText(fixtures)}`,
      ...problems.map((each) => `  ${problemLine(each)}`),
      ...fixtures.filter(isBad).map((each) => `  ${fixtureText(each)}`),
    ]),
  ].join("\n");

const stateText = (problems: readonly Problem[], fixtures: readonly FixtureResult[]): string => {
  if (problems.length > 0) return `${problems.length} to mend, `;
  return fixtures.some(isBad) ? "" : "no problem, ";
};

const fixturesText = (fixtures: readonly FixtureResult[]): string =>
  fixtures.length === 0
    ? "no fixtures"
    : `${fixtures.filter(({ kind }) => kind === "passed").length} of ${fixtures.length} fixtures pass`;

const fixtureText = (result: FixtureResult): string => {
  switch (result.kind) {
    case "failed":
      return `${result.name}: ${result.reason}`;
    case "unwritten":
      return `${result.name}: has no expected output yet; isthmus try --update writes it`;
    case "passed":
      return `${result.name}: passes`;
  }
};
