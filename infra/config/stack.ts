// What a stack's name says.
import { RunError } from "@pulumi/pulumi";
import { MODES, type Mode } from "../../connectors/platforms/mode.ts";

export interface GlobalStack {
  readonly kind: "global";
  readonly environment: string;
  /** Name of the file in infra/environments. */
  readonly file: string;
}
export interface RegionStack {
  readonly kind: "region";
  readonly environment: string;
  readonly file: string;
  readonly region: string;
  readonly mode: Mode;
}
export type StackName = GlobalStack | RegionStack;

/** A stack's name is none of `<env>.global`, `<env>.<region>.<mode>`. */
export class StackNameError extends RunError {}

/** Preview stacks are made for one change, from the local environment. */
const PREVIEW = /^preview-[a-z0-9-]*[a-z0-9]$/;

export const isPreview = ({ environment }: StackName): boolean => PREVIEW.test(environment);

/** @throws StackNameError with the forms that there are. */
export function parseStackName(name: string): StackName {
  const [environment = "", second = "", mode = "", ...rest] = name.split(".");
  const file = PREVIEW.test(environment) ? "local" : environment;
  const good = /^[a-z0-9][a-z0-9-]*$/.test(environment) && rest.length === 0;
  if (good && second === "global" && mode === "") return { kind: "global", environment, file };
  const known = MODES.find((one) => one === mode);
  if (good && known !== undefined && second !== "" && second !== "global") {
    return { kind: "region", environment, file, region: second, mode: known };
  }
  throw new StackNameError(
    `stack '${name}': a name is <env>.global or <env>.<region>.<mode>, the mode one of ${MODES.join(", ")}; for example local.global, local.east.active-active, preview-42.west.primary-secondary`,
  );
}
