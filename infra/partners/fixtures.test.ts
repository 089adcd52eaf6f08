// Every connector of the local environment passes the check, and its fixtures.
import { resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { checkEnvironment } from "../../src/define/check/environment.ts";
import type { Definition } from "../../src/define/connector.ts";
import { connectorOf } from "../../src/define/environment.ts";
import { fixtureCases, fixtureFolder, type Prover, runFixture } from "../../src/define/fixtures.ts";
import { resolveDefinition } from "../../src/define/resolve.ts";
import { verifierOf } from "../../src/drivers/http/proof/verifier.ts";
import { clockAt } from "../../src/drivers/testing.ts";
import local from "../environments/local.ts";

const program = resolve(import.meta.dirname, "..");

const proves: Prover = ({ verify, headers, raw, secrets, receivedAtMs }) => {
  const noKeysByNetwork = () => {
    throw new Error("a fixture is judged offline");
  };
  const verifier = verifierOf(verify, {
    secrets: (name) => (secrets[name] === undefined ? [] : [secrets[name]]),
    clock: clockAt(receivedAtMs),
    pools: noKeysByNetwork,
  });
  return verifier.check({ method: "POST", url: "/", headers, body: Buffer.from(raw) }) === "proved";
};

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
    expect(runFixture(fixture, connector, proves)).toMatchObject({ kind: "passed" });
  });

  test("has fixtures", () => expect(fixtureCases(folder)).not.toEqual([]));
});
