// Every definition of this folder passes the check, and its fixtures; so do the environments.
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { defineEnvironment } from "isthmus";
import { describe, expect, test } from "vitest";
import { checkEnvironment } from "../../src/define/check/environment.ts";
import type { Definition } from "../../src/define/connector.ts";
import { connectorOf } from "../../src/define/environment.ts";
import { fixtureCases, fixtureFolder, type ProofClaim, runFixture } from "../../src/define/fixtures.ts";
import { resolveDefinition } from "../../src/define/resolve.ts";
import { proveFixture } from "../../src/drivers/http/proof/prover.ts";
import aws from "../environments/aws.ts";
import local from "../environments/local.ts";

const program = resolve(import.meta.dirname, "..");

/** Every definition that there is, as one environment or another deploys it. */
const whole = defineEnvironment({
  ...aws,
  connectors: { ...local.connectors, ...aws.connectors },
  settings: { ...local.settings, ...aws.settings },
});
const localSecrets = ["github-webhook", "billing-signing"];
const secrets = [...localSecrets, "erp-key", "insurer-underwriting", "sensors-hmac", "sensors-token"];

const load = async (name: string): Promise<{ definition: Definition; folder: string }> => {
  const path = resolve(program, connectorOf(whole, name)?.definition ?? "");
  const module: { default: Definition } = await import(path);
  return { definition: module.default, folder: fixtureFolder(path) };
};

const names = Object.keys(whole.connectors);
const loaded = new Map(await Promise.all(names.map(async (name) => [name, await load(name)] as const)));
const definitions = Object.fromEntries([...loaded].map(([name, { definition }]) => [name, definition]));

test("every definition of the folder is looked at", () => {
  const there = readdirSync(import.meta.dirname, { recursive: true, encoding: "utf8" })
    .filter((path) => /^[^/]+\/(?!partner\.ts$)[^/]+\.ts$/.test(path))
    .map((path) => `partners/${path}`);
  expect(names.map((name) => connectorOf(whole, name)?.definition).toSorted()).toEqual(there.toSorted());
});

test("the local environment has no problem", () => {
  const own = Object.keys(local.connectors);
  const definitionsOfLocal = Object.fromEntries(Object.entries(definitions).filter(([name]) => own.includes(name)));
  expect(checkEnvironment(local, definitionsOfLocal, { secrets: localSecrets })).toEqual([]);
});

test("the environment on AWS has no problem", () => {
  const own = Object.keys(aws.connectors);
  const definitionsOfAws = Object.fromEntries(Object.entries(definitions).filter(([name]) => own.includes(name)));
  expect(checkEnvironment(aws, definitionsOfAws, { secrets })).toEqual([]);
});

describe.each([...loaded])("%s", (name, { definition, folder }) => {
  const connector = resolveDefinition(name, definition, { settings: connectorOf(whole, name)?.settings ?? {} });

  test.each(fixtureCases(folder))("$name", (fixture) => {
    expect(runFixture(fixture, connector, proveFixture)).toMatchObject({ kind: "passed" });
  });

  test("has fixtures", () => expect(fixtureCases(folder)).not.toEqual([]));
});

test("no message proves itself with another body", () => {
  const claims: ProofClaim[] = [];
  for (const [name, { definition, folder }] of loaded) {
    const connector = resolveDefinition(name, definition, { settings: connectorOf(whole, name)?.settings ?? {} });
    for (const fixture of fixtureCases(folder)) runFixture(fixture, connector, (claim) => claims.push(claim) > 0);
  }
  expect(claims).not.toEqual([]);
  for (const claim of claims) expect(proveFixture({ ...claim, raw: `${claim.raw} ` })).toBe(false);
});
