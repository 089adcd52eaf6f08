// Every connector of the local environment passes the check, and its fixtures.
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { checkEnvironment } from "../../src/define/check/environment.ts";
import type { Definition } from "../../src/define/connector.ts";
import { connectorOf } from "../../src/define/environment.ts";
import { fixtureCases, fixtureFolder, type ProofClaim, runFixture } from "../../src/define/fixtures.ts";
import { resolveDefinition } from "../../src/define/resolve.ts";
import { proveFixture } from "../../src/drivers/http/proof/prover.ts";
import local from "../environments/local.ts";

const program = resolve(import.meta.dirname, "..");

const load = async (name: string): Promise<{ definition: Definition; folder: string }> => {
  const path = resolve(program, connectorOf(local, name)?.definition ?? "");
  const module: { default: Definition } = await import(path);
  return { definition: module.default, folder: fixtureFolder(path) };
};

const names = Object.keys(local.connectors);
const loaded = new Map(await Promise.all(names.map(async (name) => [name, await load(name)] as const)));

test("the local environment has no problem", () => {
  const definitions = Object.fromEntries([...loaded].map(([name, { definition }]) => [name, definition]));
  expect(checkEnvironment(local, definitions, { secrets: ["github-webhook", "billing-signing"] })).toEqual([]);
});

describe.each([...loaded])("%s", (name, { definition, folder }) => {
  const connector = resolveDefinition(name, definition, { settings: connectorOf(local, name)?.settings ?? {} });

  test.each(fixtureCases(folder))("$name", (fixture) => {
    expect(runFixture(fixture, connector, proveFixture)).toMatchObject({ kind: "passed" });
  });

  test("has fixtures", () => expect(fixtureCases(folder)).not.toEqual([]));
});

test("no message proves itself with another body", () => {
  const spoilt = (claim: ProofClaim) => proveFixture({ ...claim, raw: `${claim.raw} ` });
  const results = [...loaded].flatMap(([name, { definition, folder }]) => {
    const connector = resolveDefinition(name, definition, { settings: connectorOf(local, name)?.settings ?? {} });
    return fixtureCases(folder)
      .filter(({ kind }) => kind === "message")
      .map((fixture) => runFixture(fixture, connector, spoilt));
  });
  expect(results).not.toEqual([]);
  for (const result of results) expect(result).toMatchObject({ kind: "failed" });
});
