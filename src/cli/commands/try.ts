import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { expectedPath, fixtureCase, translateFixture, updateFixture } from "../../define/fixtures.ts";
import { parseDefinition } from "../../define/parse/parse.ts";
import { leases } from "../../define/policy.ts";
import { DefinitionError } from "../../define/problem.ts";
import { resolveParsed } from "../../define/resolve.ts";
import type { ResolvedConnector } from "../../define/spec.ts";
import { proveFixture } from "../../drivers/http/proof/prover.ts";
import {
  type LoadedDefinition,
  loadConnector,
  loadDefinition,
  loadEnvironment,
  type ProgramOptions,
} from "../definitions/load.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import type { Output } from "../output.ts";

/**
 * What a definition makes of one message or event.
 *
 * @param connector its name in the environment, or its file
 * @param file a `<case>.message.json` or `<case>.event.json`, or the name of one beside the definition
 * @param update writes the output as what is expected from now on
 */
export const tryOut = async (
  connector: string,
  file: string,
  { update, ...options }: ProgramOptions & { readonly update: boolean },
): Promise<Output & { readonly code: ExitCode }> => {
  const loaded = connector.endsWith(".ts")
    ? await loadDefinition(connector, null)
    : await loadConnector(await loadEnvironment(options), connector, options);
  const path = [resolve(file), join(loaded.fixtures, file)].find((each) => existsSync(each));
  if (path === undefined) throw new UsageError(`${file} is not there, and not in ${loaded.fixtures}`);
  const fixture = fixtureCase(path);
  if (fixture === null) throw new UsageError(`${file}: its name must end in .message.json or .event.json`);
  const resolved = resolvedForTrial(loaded);
  const translated = (update ? updateFixture : translateFixture)(fixture, resolved, proveFixture);
  if (translated.kind === "failed") return { json: translated, text: translated.reason, code: exit.degraded };
  const written = update ? [`written to ${expectedPath(fixture, resolved.spec.role)}`] : [];
  const text = [JSON.stringify(translated.output, null, 2), ...written].join("\n");
  return { json: { output: translated.output }, text, code: exit.well };
};

/** A translation sees no setting: those that are missing do not matter. */
const resolvedForTrial = ({ name, definition, settings }: LoadedDefinition): ResolvedConnector => {
  const result = parseDefinition(definition, settings);
  if (result.kind === "refused") throw new DefinitionError(name, result.problems);
  return resolveParsed(name, result.parsed, leases.local);
};
