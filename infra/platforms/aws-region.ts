// A region's stack on AWS.
import { Provider } from "@pulumi/aws/provider.js";
import * as z from "zod";
import { Gateway } from "../../connectors/gateway/gateway.ts";
import { CURSORS } from "../../connectors/platforms/aws/names.ts";
import { requireGood } from "../config/check.ts";
import { AwsShared } from "../config/settings.ts";
import { deployConnectors } from "../connectors.ts";
import { awsFacts } from "../facts.ts";
import { readGlobal, regionOutputs } from "../outputs.ts";
import type { GivenRegion } from "./given.ts";

export async function deployAwsRegion({ stack, settings, environment }: GivenRegion) {
  const { shared } = await readGlobal(stack, z.object({ shared: AwsShared }));
  const secrets = Object.keys(shared.secretArns).filter((name) => name !== CURSORS);
  requireGood(
    stack.environment,
    environment,
    { secrets, settings: shared.settings, loopback: shared.loopback },
    process.cwd(),
  );
  const providers = [new Provider("aws", { region: stack.region })];
  const gateway = new Gateway(
    stack.region,
    {
      ...awsFacts(stack, environment, stack.mode, shared, { only: settings.only, root: process.cwd() }),
      region: stack.region,
      keyArns: shared.keyArns,
    },
    { providers },
  );
  const streams = shared.streams[stack.mode] ?? {};
  const connectors = deployConnectors(environment, settings, {
    gateway,
    providers,
    settings: shared.settings,
    argsOf: (name) => ({ secretArns: shared.secretArns, streamArn: streams[name]?.[stack.region] ?? "" }),
  });
  return {
    ...regionOutputs(gateway, connectors),
    admin: { url: gateway.adminUrl, roles: gateway.adminRoles },
  };
}
