// `<env>.<region>.<mode>`: one region: its gateway and the environment's connectors.
import * as pulumi from "@pulumi/pulumi";
import { Gateway } from "../connectors/gateway/gateway.ts";
import { LocalProvider } from "../connectors/platforms/local/resources.ts";
import { refuse } from "../connectors/problems.ts";
import { checkStack, requireGood } from "./config/check.ts";
import { environmentOf } from "./config/environment.ts";
import { readSettings } from "./config/read.ts";
import { PeerTokens, RegionSettings, Shared, SharedSecrets } from "./config/settings.ts";
import type { RegionStack } from "./config/stack.ts";
import { deployConnectors } from "./connectors.ts";
import { factsOf } from "./facts.ts";

export async function deployRegion(stack: RegionStack) {
  const settings = readSettings(RegionSettings, pulumi.getStack());
  const environment = await environmentOf(stack, settings);
  refuse(`stack ${pulumi.getStack()}`, checkStack(stack, settings, environment));
  const { shared, secrets, peerTokens } = await readGlobal(stack);
  const checking = { secrets: Object.keys(secrets), settings: shared.settings, loopback: shared.loopback };
  requireGood(stack.environment, environment, checking, process.cwd());
  const providers = [new LocalProvider("local")];
  const gateway = new Gateway(
    stack.region,
    {
      ...factsOf(stack.environment, environment, stack.mode, shared),
      region: stack.region,
      ...(settings.outboundProxy !== undefined && { outboundProxy: settings.outboundProxy }),
      peerToken: pulumi.secret(peerTokens[stack.mode] ?? ""),
    },
    { providers },
  );
  const connectors = deployConnectors(environment, settings, { ...shared, secrets, gateway, providers });
  return {
    url: gateway.url,
    health: { accept: gateway.healthAcceptUrl, act: gateway.healthActUrl },
    processId: gateway.processId,
    endpoints: Object.fromEntries(connectors.flatMap(([name, { endpoint }]) => (endpoint ? [[name, endpoint]] : []))),
    digests: Object.fromEntries(connectors.map(([name, { digest }]) => [name, digest])),
  };
}

/** What the environment's global stack says. @throws saying how to make it. */
async function readGlobal(stack: RegionStack) {
  const name = `${stack.environment}.global`;
  const global = new pulumi.StackReference(`${pulumi.getOrganization()}/${pulumi.getProject()}/${name}`);
  const [shared, secrets, peerTokens] = await Promise.all(
    ["shared", "secrets", "peerTokens"].map((output) => global.getOutputDetails(output)),
  );
  if (shared?.value === undefined)
    throw new pulumi.RunError(`stack ${name} is not deployed: run \`pulumi up -s ${name}\` first`);
  return {
    shared: Shared.parse(shared.value),
    secrets: SharedSecrets.parse(secrets?.secretValue),
    peerTokens: PeerTokens.parse(peerTokens?.secretValue),
  };
}
