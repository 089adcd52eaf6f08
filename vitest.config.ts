import { defineConfig } from "vitest/config";
import { filesThatNeedIt, hindrance } from "./test/aws/ministack/needed.ts";

/** Tests with real processes and leases of a few seconds: one after the other, so that none takes the machine from another. */
const live = [
  "test/**/*.test.ts",
  "src/hosts/**/*.test.ts",
  "src/cli/main.test.ts",
  "connectors/platforms/local/**/*.test.ts",
  "policy/pack.test.ts",
];

/** Left out, and counted as skipped, where MiniStack cannot be had. */
const without = (await hindrance()) === null ? [] : filesThatNeedIt(import.meta.dirname);

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "units",
          include: ["scripts", "src", "connectors", "infra", "policy"].map((folder) => `${folder}/**/*.test.ts`),
          exclude: [...live, ...without],
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "live", include: live, exclude: [...without], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
