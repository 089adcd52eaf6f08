// `<env>.global`: what the regions of an environment share.
import { requireGood } from "./config/check.ts";
import { environmentOf } from "./config/environment.ts";
import { readSettings } from "./config/read.ts";
import { GlobalSettings } from "./config/settings.ts";
import type { GlobalStack } from "./config/stack.ts";

export async function deployGlobal(stack: GlobalStack) {
  const settings = readSettings(GlobalSettings, stack.environment);
  const environment = await environmentOf(stack, settings);
  // Secrets are looked at where they are used, in the regions.
  requireGood(
    stack.environment,
    environment,
    { settings: settings.settings, loopback: settings.loopback },
    process.cwd(),
  );
  const given = { stack, settings, environment };
  if (environment.platform === "aws") return (await import("./platforms/aws-global.ts")).deployAwsGlobal(given);
  return (await import("./platforms/local.ts")).deployLocalGlobal(given);
}
