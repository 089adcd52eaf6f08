import { defineConfig } from "vitest/config";

/** Tests with real processes and leases of a few seconds: one after the other, so that none takes the machine from another. */
const live = [
  "test/**/*.test.ts",
  "src/hosts/**/*.test.ts",
  "src/cli/main.test.ts",
  "connectors/platforms/local/**/*.test.ts",
  "policy/pack.test.ts",
];

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "units",
          include: ["scripts", "src", "connectors", "infra", "policy"].map((folder) => `${folder}/**/*.test.ts`),
          exclude: live,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "live", include: live, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
