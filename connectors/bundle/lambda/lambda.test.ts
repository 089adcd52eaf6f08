import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { builtDrivers } from "../../../src/define/drivers.ts";
import { root, weighedConnectors } from "../../../test/aws/lambda/weighed/connectors.ts";
import { bundleAdmin, bundleKeeper, bundleLambda, type LambdaConnector } from "./lambda.ts";

const builtRoles = Object.entries(builtDrivers).flatMap(([driver, roles]) => roles.map((role) => `${driver}.${role}`));

const partners = "infra/partners";
const pushes: LambdaConnector = {
  name: "pushes",
  definition: `${partners}/github/pushes.ts`,
  role: "receive",
  driver: "http",
};
const invoices: LambdaConnector = {
  name: "invoices",
  definition: `${partners}/billing/invoices.ts`,
  role: "send",
  driver: "http",
};
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(root, ".isthmus-bundle-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** What a file with this text exports. */
const loaded = (code: string): Readonly<Record<string, unknown>> => {
  const file = join(folder, `${Math.random()}.cjs`);
  writeFileSync(file, code);
  return createRequire(import.meta.url)(file);
};

test("each function of a connector is one file that loads by itself and exports its handler", async () => {
  const bundles = await bundleLambda([pushes, invoices], root);
  expect(Object.keys(bundles.get("pushes") ?? {})).toEqual(["accept", "dispatch"]);
  expect(Object.keys(bundles.get("invoices") ?? {})).toEqual(["accept", "dispatch"]);
  for (const functions of bundles.values()) {
    for (const { code } of Object.values(functions)) expect(loaded(code).handler).toBeTypeOf("function");
  }
  for (const { code } of await Promise.all([bundleKeeper(root), bundleAdmin(root)])) {
    expect(loaded(code).handler).toBeTypeOf("function");
  }
});

test("a function holds the role of its driver that it needs, and no other", async () => {
  const { accept, dispatch } = (await bundleLambda([pushes], root)).get("pushes") ?? {};
  const receives = "content-encoding is not supported";
  const sends = "batches are not built yet";
  expect(accept?.code).toContain(receives);
  expect(accept?.code).not.toContain(sends);
  expect(dispatch?.code).not.toContain(receives);
});

test("the code is the same beside other connectors, and names no path of this machine", async () => {
  const alone = (await bundleLambda([pushes], root)).get("pushes")?.accept;
  const beside = (await bundleLambda([invoices, pushes], root)).get("pushes")?.accept;
  expect(alone?.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(beside?.digest).toBe(alone?.digest);
  expect(alone?.code).not.toContain(root);
  expect(alone?.map).not.toContain(root);
});

test("no function loads more than 400 KB at its start, whatever its connector's role, driver and proof", async () => {
  const connectors = weighedConnectors();
  expect(connectors.map(({ role, driver }) => `${driver}.${role}`)).toEqual(expect.arrayContaining(builtRoles));
  const bundles = await bundleLambda(connectors, root);
  const tooLarge = [...bundles].flatMap(([name, functions]) =>
    Object.entries(functions)
      .map(([what, { code }]) => [name, what, Buffer.byteLength(code)] as const)
      .filter(([, , bytes]) => bytes > 400_000),
  );
  expect(tooLarge).toEqual([]);
});

test("what makes connections is a file of its own, beside functions that call partners over HTTP and no others", async () => {
  const bundles = await bundleLambda([pushes, invoices], root);
  const besideOf = (name: string, what: "accept" | "dispatch") =>
    Object.keys(bundles.get(name)?.[what]?.beside ?? { missing: "" });
  expect(besideOf("invoices", "dispatch")).toEqual(["connections.js"]);
  expect([besideOf("invoices", "accept"), besideOf("pushes", "accept"), besideOf("pushes", "dispatch")]).toEqual([
    [],
    [],
    [],
  ]);
  const { code = "", beside } = bundles.get("invoices")?.dispatch ?? {};
  expect(code).not.toContain("UND_ERR_INVALID_ARG");
  const { Pool, buildConnector } = loaded(beside?.["connections.js"] ?? "");
  expect([typeof Pool, typeof buildConnector]).toEqual(["function", "function"]);
});

test("a definition that does not compile is named with its line, and a driver that there is not by its name", async () => {
  const definition = join(folder, "wrong.ts");
  writeFileSync(definition, "export default {\n  oops\n  oops\n};");
  await expect(bundleLambda([{ ...pushes, definition }], root)).rejects.toThrow(/wrong\.ts:3: Expected "}"/);
  await expect(bundleLambda([{ ...pushes, driver: "fax" }], root)).rejects.toThrow("there is no driver 'fax'");
});
