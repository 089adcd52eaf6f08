import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bundleDefinitions, definitionOf } from "./bundle.ts";

const project = resolve(import.meta.dirname, "../..");
let folder = "";

const definition = (type: string): string => `
import * as z from "zod";
import { defineConnector, definePartner, githubWebhook, http, secret } from "isthmus";
const github = definePartner({ name: "github", location: "internet", url: "https://api.github.com" });
export default defineConnector({
  partner: github,
  via: http.receive(githubWebhook(secret("github-webhook"))),
  message: z.object({ name: z.string() }),
  events: { "${type}": z.object({ name: z.string() }) },
  translate: ({ body }) => ({ type: "${type}", data: { name: body.name } }),
});
`;

/** A clone of what a definition needs, so that what its folder is called can be seen not to matter. */
function clone(name: string): string {
  const root = join(folder, name);
  mkdirSync(join(root, "src"), { recursive: true });
  cpSync(join(project, "src/define"), join(root, "src/define"), { recursive: true });
  cpSync(join(project, "package.json"), join(root, "package.json"));
  symlinkSync(join(project, "node_modules"), join(root, "node_modules"));
  return root;
}

beforeEach(() => {
  folder = mkdtempSync(join(project, ".isthmus-bundle-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a bundle is one file that holds everything, and exports the definition", async () => {
  const root = clone("a");
  writeFileSync(join(root, "x.ts"), definition("name.given"));
  const bundle = bundleDefinitions(["x.ts"], root).get("x.ts");
  expect(bundle?.text).not.toMatch(/^import /m);
  const loaded = await import(`data:text/javascript,${encodeURIComponent(bundle?.text ?? "")}`);
  expect(loaded.default.translate({ body: { name: "n" } })).toEqual({ type: "name.given", data: { name: "n" } });
  if (bundle === undefined) return;
  expect(definitionOf(bundle).partner.name).toBe("github");
  expect(Object.keys(definitionOf(bundle).events)).toEqual(["name.given"]);
});

test("the same file has the same digest in another clone, and beside other definitions", () => {
  const [a, b] = [clone("a"), clone("another-name")];
  for (const root of [a, b]) writeFileSync(join(root, "x.ts"), definition("name.given"));
  writeFileSync(join(b, "w.ts"), definition("other.given"));
  const alone = bundleDefinitions(["x.ts"], a).get("x.ts");
  const beside = bundleDefinitions(["w.ts", "x.ts"], b).get("x.ts");
  expect(alone?.digest).toMatch(/^[0-9a-f]{64}$/);
  expect(beside?.digest).toBe(alone?.digest);
  expect(bundleDefinitions(["w.ts"], b).get("w.ts")?.digest).not.toBe(alone?.digest);
});

test("a file that does not compile is named with its line", () => {
  const root = clone("a");
  writeFileSync(join(root, "x.ts"), "export default {\n  oops\n  oops\n};");
  expect(() => bundleDefinitions(["x.ts"], root)).toThrow(/x\.ts:3: Expected "}" but found "oops"/);
});

test("a file that is not there is named", () => {
  expect(() => bundleDefinitions(["absent.ts"], clone("a"))).toThrow(/absent\.ts/);
});

test("a file without a definition, or that throws, says so", () => {
  const root = clone("a");
  writeFileSync(join(root, "x.ts"), "export const x = 1;");
  writeFileSync(join(root, "y.ts"), "throw new Error('on purpose');");
  const load = (path: string) => {
    const bundle = bundleDefinitions([path], root).get(path);
    return bundle === undefined ? undefined : definitionOf(bundle);
  };
  expect(() => load("x.ts")).toThrow("x.ts: its default export is not a definition");
  expect(() => load("y.ts")).toThrow("y.ts throws when it is loaded: on purpose");
});
