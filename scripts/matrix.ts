// `npm run matrix`: docs/matrix.md, matrix.json and matrix.svg from src/matrix and what was recorded under docs/evidence.
// `npm run matrix -- --check` writes nothing, computes every recorded number again from its ledgers, and fails on any difference.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pagesOf, recordsIn, root } from "./matrix/pages.ts";

const checks = process.argv.includes("--check");
const differing = pagesOf(recordsIn(join(root, "docs/evidence"))).filter(({ path, text }) => {
  const file = join(root, path);
  return !existsSync(file) || readFileSync(file, "utf8") !== text;
});
for (const { path, text } of differing) {
  if (checks) process.stderr.write(`${path}: is not what the matrix and its evidence say: npm run matrix\n`);
  else {
    writeFileSync(join(root, path), text);
    process.stdout.write(`${path}: written\n`);
  }
}
process.exitCode = checks && differing.length > 0 ? 1 : 0;
