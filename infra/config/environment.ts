// The file that says once what an environment's stacks share.

import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RunError } from "@pulumi/pulumi";
import type { Environment } from "../../src/define/index.ts";
import { isPreview, type StackName } from "./stack.ts";

const folder = fileURLToPath(new URL("../environments/", import.meta.url));

/**
 * @param file name of the file in infra/environments
 * @param other for a preview stack: path of a file of its own, relative to infra
 * @throws naming the files that there are.
 */
export async function loadEnvironment(file: string, other?: string): Promise<Environment> {
  const path = other === undefined ? `${folder}${file}.ts` : resolve(folder, "..", other);
  if (!existsSync(path)) {
    if (other !== undefined) throw new RunError(`isthmus:environment: there is no file ${path}`);
    const known = readdirSync(folder)
      .filter((name) => name.endsWith(".ts"))
      .map((name) => name.slice(0, -3));
    throw new RunError(`there is no environment '${file}' in infra/environments; there are: ${known.join(", ")}`);
  }
  const module: { default: Environment } = await import(path);
  return module.default;
}

/** The environment of a stack. @throws where a stack that is no preview names a file of its own */
export async function environmentOf(stack: StackName, { environment }: { environment?: string | undefined }) {
  if (environment === undefined || isPreview(stack)) return loadEnvironment(stack.file, environment);
  throw new RunError("isthmus:environment: only a preview stack has an environment's file of its own");
}

/** The environment's regions and their change, as the components take them. */
export const regionFacts = ({ regions, changingFrom = [], generation = 1 }: Environment) => ({
  regions: [...regions],
  changingFrom: [...changingFrom],
  generation,
});
