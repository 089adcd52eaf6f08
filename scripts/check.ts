// `npm run check`: types (TypeScript 7 and 5.9), format and lint, direction of imports, pages written from data.
import { spawnSync } from "node:child_process";

const steps: readonly (readonly [string, readonly string[]])[] = [
  ["types (TypeScript 7)", ["node_modules/@typescript/native/bin/tsc", "-p", "."]],
  ["types (TypeScript 5.9)", ["node_modules/typescript/bin/tsc", "-p", "."]],
  ["format and lint", ["node_modules/@biomejs/biome/bin/biome", "check", "."]],
  [
    "direction of imports",
    [
      "node_modules/dependency-cruiser/bin/dependency-cruise.mjs",
      "--output-type",
      "err",
      "src",
      "connectors",
      "infra",
      "test",
    ],
  ],
  ["pages written from data", ["scripts/docs.ts", "--check"]],
];

let failed = 0;
for (const [name, args] of steps) {
  process.stdout.write(`${name} ... `);
  const run = spawnSync(process.execPath, args, { encoding: "utf8" });
  process.stdout.write(run.status === 0 ? "ok\n" : `failed\n${run.stdout}${run.stderr}\n`);
  if (run.status !== 0) failed += 1;
}
process.exit(failed === 0 ? 0 : 1);
