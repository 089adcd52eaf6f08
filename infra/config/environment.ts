// The file that says once what an environment's stacks share.

import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { RunError } from "@pulumi/pulumi";
import type { Environment } from "../../src/define/index.ts";

const folder = fileURLToPath(new URL("../environments/", import.meta.url));

/** @throws naming the files that there are. */
export async function loadEnvironment(file: string): Promise<Environment> {
  const path = `${folder}${file}.ts`;
  if (!existsSync(path)) {
    const known = readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => name.slice(0, -3));
    throw new RunError(`there is no environment '${file}' in infra/environments; there are: ${known.join(", ")}`);
  }
  const module: { default: Environment } = await import(path);
  return module.default;
}

/** The environment's regions and their change, as the components take them. */
export const regionFacts = ({ regions, changingFrom = [], generation = 1 }: Environment) => ({
  regions: [...regions],
  changingFrom: [...changingFrom],
  generation,
});
