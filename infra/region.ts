// `<env>.<region>.<mode>`: one region: its gateway and the environment's connectors.
import * as pulumi from "@pulumi/pulumi";
import { refuse } from "../connectors/problems.ts";
import { checkStack } from "./config/check.ts";
import { environmentOf } from "./config/environment.ts";
import { readSettings } from "./config/read.ts";
import { RegionSettings } from "./config/settings.ts";
import type { RegionStack } from "./config/stack.ts";

export async function deployRegion(stack: RegionStack) {
  const settings = readSettings(RegionSettings, pulumi.getStack());
  const environment = await environmentOf(stack, settings);
  refuse(`stack ${pulumi.getStack()}`, checkStack(stack, settings, environment));
  const given = { stack, settings, environment };
  if (environment.platform === "aws") return (await import("./platforms/aws-region.ts")).deployAwsRegion(given);
  return (await import("./platforms/local.ts")).deployLocalRegion(given);
}
