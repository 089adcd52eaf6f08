// What a preview of an environment is made of. Pure.
import type { Mode } from "../../connectors/platforms/mode.ts";
import { parseStackName } from "../../infra/config/stack.ts";
import type { Environment } from "../../src/define/environment.ts";

export interface PreviewPlan {
  /** `preview-<name>`. */
  readonly environment: string;
  readonly mode: Mode;
  /** In the environment's order: in primary-secondary the first is the primary. */
  readonly regions: readonly string[];
  /** Every region where something is made: with the witness's. */
  readonly everywhere: readonly string[];
  readonly global: string;
  /** By region. */
  readonly stacks: Readonly<Record<string, string>>;
}

/** A preview that cannot be made. The message names what is wrong, and the fix. */
export class PreviewRefused extends Error {
  override readonly name = "PreviewRefused";
}

/** Long names of resources are cut behind it. Letters. */
const longestName = 12;
const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Name of the file in infra/environments that a stack belongs to. @throws PreviewRefused where it is no region's stack */
export function fileOf(stack: string): string {
  const parsed = named(stack);
  if (parsed.kind === "region") return parsed.file;
  throw new PreviewRefused(`--stack ${stack}: name a region's stack, for example aws.us-east-1.active-active`);
}

/** @throws PreviewRefused saying what is wrong with the name, the stack or its environment */
export function planPreview(stack: string, name: string, { platform, ...environment }: Environment): PreviewPlan {
  const parsed = named(stack);
  if (parsed.kind !== "region") throw new PreviewRefused(`--stack ${stack}: name a region's stack`);
  if (platform !== "aws") {
    const other = platform === "local" ? "; the local platform is drilled by `npm start` and `npm run drill`" : "";
    throw new PreviewRefused(`--stack ${stack}: its platform is ${platform}, and previews are tested on aws${other}`);
  }
  const { regions, witness } = environment;
  if (!regions.includes(parsed.region)) {
    throw new PreviewRefused(`--stack ${stack}: '${parsed.region}' is not one of its regions: ${regions.join(", ")}`);
  }
  if (!NAME.test(name) || name.length > longestName) {
    throw new PreviewRefused(`--name ${name}: up to ${longestName} small letters, digits and '-' between them`);
  }
  const preview = `preview-${name}`;
  return {
    environment: preview,
    mode: parsed.mode,
    regions,
    everywhere: witness === undefined ? regions : [...regions, witness],
    global: `${preview}.global`,
    stacks: Object.fromEntries(regions.map((region) => [region, `${preview}.${region}.${parsed.mode}`])),
  };
}

function named(stack: string) {
  try {
    return parseStackName(stack);
  } catch (error) {
    throw new PreviewRefused(`--stack: ${error instanceof Error ? error.message : String(error)}`);
  }
}
