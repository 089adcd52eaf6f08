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
  const facts = awsFacts(stack, environment, stack.mode, shared, { only: settings.only, root: process.cwd() });
  const certificateArn = shared.certificates[stack.mode]?.[stack.region];
  const alarmTopic = environment.alarmTopics?.[stack.region];
  const gateway = new Gateway(
    stack.region,
    {
      ...facts,
      endpoints: { ...facts.endpoints, ...settings.endpoints },
      region: stack.region,
      ...(settings.outboundProxy !== undefined && { outboundProxy: settings.outboundProxy }),
      keyArns: shared.keyArns,
      ...(alarmTopic !== undefined && { alarmTopic }),
      ...(certificateArn !== undefined && { certificateArn }),
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
  const { fixedAddresses } = gateway;
  const fixed = fixedAddresses === undefined ? {} : { fixedAddresses };
  return {
    ...regionOutputs(gateway, connectors),
    ...fixed,
    admin: {
      publicUrl: gateway.url,
      adminUrl: gateway.adminUrl,
      ...fixed,
      iam: { region: stack.region, service: "lambda", roles: gateway.adminRoles },
    },
  };
}
