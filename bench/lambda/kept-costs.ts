// What an event was measured to cost, kept for docs/cost-aws.md: the one home of these numbers.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Role } from "../../src/define/model.ts";
import { root } from "../../test/aws/lambda/weighed/connectors.ts";
import type { RoleCosts } from "./events.ts";

const file = "connectors/platforms/aws/cost/units.json";

/** @returns the file that it wrote, from the program's folder */
export const keepCosts = (costs: Readonly<Record<Role, RoleCosts>>, count: number): string => {
  const perEvent = Object.fromEntries(
    Object.entries(costs).map(([role, steps]) => [
      role,
      Object.fromEntries(
        Object.entries(steps).map(([step, { cpuMs, reads, writes }]) => [
          step,
          { cpuMs: rounded(cpuMs), reads: rounded(reads), writes: rounded(writes) },
        ]),
      ),
    ]),
  );
  const kept = { from: "npm run bench -- --only lambda --keep", events: count, perEvent };
  writeFileSync(join(root, file), `${JSON.stringify(kept, null, 2)}\n`);
  return file;
};

const rounded = (value: number): number => Math.round(value * 10) / 10;
