// Stacks of the local platform: processes on this machine.
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as z from "zod";
import { Gateway } from "../../connectors/gateway/gateway.ts";
import { Witness } from "../../connectors/gateway/witness.ts";
import { DEFAULT_BASE_PORT } from "../../connectors/platforms/local/gateway-plan.ts";
import { LocalProvider } from "../../connectors/platforms/local/resources.ts";
import { MODES } from "../../connectors/platforms/mode.ts";
import { requireGood } from "../config/check.ts";
import { LocalShared, PeerTokens, SharedSecrets } from "../config/settings.ts";
import { deployConnectors } from "../connectors.ts";
import { localFacts } from "../facts.ts";
import { readGlobal, regionOutputs } from "../outputs.ts";
import type { GivenGlobal, GivenRegion } from "./given.ts";

export function deployLocalGlobal({ stack, settings, environment }: GivenGlobal) {
  const shared: LocalShared = {
    settings: settings.settings,
    loopback: [...(environment.loopback ?? []), ...settings.loopback],
    basePort: settings.basePort ?? environment.basePort ?? DEFAULT_BASE_PORT,
    home: resolve(import.meta.dirname, "../..", settings.home ?? ".isthmus"),
  };
  const provider = new LocalProvider("local");
  // Both topologies of an environment may stand at once, so each has its own witness.
  const witnesses = MODES.map((mode) => {
    const args = localFacts(stack, environment, mode, shared);
    return [mode, new Witness(mode, args, { providers: [provider] })] as const;
  });
  return {
    shared,
    secrets: pulumi.secret(settings.secrets),
    peerTokens: pulumi.secret(Object.fromEntries(witnesses.map(([mode, witness]) => [mode, witness.peerToken]))),
    witnesses: Object.fromEntries(witnesses.map(([mode, witness]) => [mode, witness.processId])),
  };
}

const Global = z.object({ shared: LocalShared, secrets: SharedSecrets, peerTokens: PeerTokens });

export async function deployLocalRegion({ stack, settings, environment }: GivenRegion) {
  const { shared, secrets, peerTokens } = await readGlobal(stack, Global);
  const checking = { secrets: Object.keys(secrets), settings: shared.settings, loopback: shared.loopback };
  requireGood(stack.environment, environment, checking, process.cwd());
  const providers = [new LocalProvider("local")];
  const gateway = new Gateway(
    stack.region,
    {
      ...localFacts(stack, environment, stack.mode, shared),
      region: stack.region,
      ...(settings.outboundProxy !== undefined && { outboundProxy: settings.outboundProxy }),
      peerToken: pulumi.secret(peerTokens[stack.mode] ?? ""),
    },
    { providers },
  );
  const connectors = deployConnectors(environment, settings, {
    gateway,
    providers,
    settings: shared.settings,
    argsOf: () => ({ secrets: secretValues(secrets, 0), previousSecrets: secretValues(secrets, 1) }),
  });
  return regionOutputs(gateway, connectors);
}

function secretValues(secrets: SharedSecrets, index: number) {
  return Object.fromEntries(
    Object.entries(secrets).flatMap(([name, values]) => {
      const value = values[index];
      return value === undefined ? [] : [[name, pulumi.secret(value)]];
    }),
  );
}
