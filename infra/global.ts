// `<env>.global`: what the regions of an environment share: witnesses, the token of its processes, secrets.
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { DEFAULT_BASE_PORT } from "../connectors/gateway/plan.ts";
import { Witness } from "../connectors/gateway/witness.ts";
import { LocalProvider } from "../connectors/platforms/local/resources.ts";
import { MODES } from "../connectors/platforms/mode.ts";
import { requireGood } from "./config/check.ts";
import { environmentOf } from "./config/environment.ts";
import { readSettings } from "./config/read.ts";
import { GlobalSettings, type Shared } from "./config/settings.ts";
import type { GlobalStack } from "./config/stack.ts";
import { factsOf } from "./facts.ts";

export async function deployGlobal(stack: GlobalStack) {
  const settings = readSettings(GlobalSettings, stack.environment);
  const environment = await environmentOf(stack, settings);
  const shared: Shared = {
    settings: settings.settings,
    loopback: [...(environment.loopback ?? []), ...settings.loopback],
    basePort: settings.basePort ?? environment.basePort ?? DEFAULT_BASE_PORT,
    home: resolve(import.meta.dirname, "..", settings.home ?? ".isthmus"),
  };
  // Secrets are looked at where they are used, in the regions.
  requireGood(
    stack.environment,
    environment,
    { settings: settings.settings, loopback: settings.loopback },
    process.cwd(),
  );
  const provider = new LocalProvider("local");
  // Both topologies of an environment may stand at once, so each has its own witness.
  const witnesses = MODES.map((mode) => {
    const args = factsOf(stack.environment, environment, mode, shared);
    return [mode, new Witness(mode, args, { providers: [provider] })] as const;
  });
  return {
    shared,
    secrets: pulumi.secret(settings.secrets),
    peerTokens: pulumi.secret(Object.fromEntries(witnesses.map(([mode, witness]) => [mode, witness.peerToken]))),
    witnesses: Object.fromEntries(witnesses.map(([mode, witness]) => [mode, witness.processId])),
  };
}
