// `npm run docs`: writes the pages that come from data. `npm run docs -- --check` writes nothing, and fails where one differs.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { costPage } from "../connectors/platforms/aws/cost/page.ts";
import { taxonomyPage } from "../src/define/taxonomy-page.ts";

interface Page {
  /** From the repository's root. */
  readonly path: string;
  readonly render: () => string;
}
const pages: readonly Page[] = [
  { path: "docs/taxonomy.md", render: taxonomyPage },
  { path: "docs/cost-aws.md", render: costPage },
];

const root = resolve(import.meta.dirname, "..");
const checks = process.argv.includes("--check");

const stale = pages
  .map(({ path, render }) => ({ path, file: resolve(root, path), text: render() }))
  .filter(({ file, text }) => !existsSync(file) || readFileSync(file, "utf8") !== text);
for (const { path, file, text } of stale) {
  if (checks) process.stderr.write(`${path}: is not what the data say: npm run docs\n`);
  else writeFileSync(file, text);
  if (!checks) process.stdout.write(`${path}: written\n`);
}
process.exitCode = checks && stale.length > 0 ? 1 : 0;
