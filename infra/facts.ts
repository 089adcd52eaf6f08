// What the gateways and witnesses of an environment must say alike.
import { bundleDefinitions, definitionOf } from "../connectors/bundle/bundle.ts";
import type { ConnectorFacts, GatewayFacts } from "../connectors/gateway/facts.ts";
import type { Definition } from "../src/define/connector.ts";
import { connectorOf, type Environment } from "../src/define/environment.ts";
import { regionFacts } from "./config/environment.ts";
import type { AwsShared, LocalShared } from "./config/settings.ts";
import { isPreview, type StackName } from "./config/stack.ts";

/** The environment is named by the stack: a preview stack is an environment of its own. */
export const localFacts = (
  stack: StackName,
  environment: Environment,
  topology: string,
  shared: LocalShared,
): GatewayFacts => ({
  platform: "local",
  environment: stack.environment,
  ...regionFacts(environment),
  topology,
  basePort: shared.basePort,
  home: shared.home,
  loopback: shared.loopback,
});

/**
 * @param only names of the connectors that are deployed; empty: all
 * @param root the folder that paths of definitions are relative to
 */
export const awsFacts = (
  stack: StackName,
  environment: Environment,
  topology: string,
  { account, loopback }: Pick<AwsShared, "account" | "loopback">,
  { only, root }: { readonly only: readonly string[]; readonly root: string },
): GatewayFacts => {
  const connectors = connectorFacts(environment, only, root);
  // Of a canary perhaps none leaves from inside.
  const isInside = Object.values(connectors).some(
    ({ fixedSource, privateServices = [] }) => fixedSource === true || privateServices.length > 0,
  );
  return {
    platform: "aws",
    environment: stack.environment,
    ...regionFacts(environment),
    topology,
    account,
    ...(environment.witness !== undefined && { witness: environment.witness }),
    protectData: !isPreview(stack),
    connectors,
    endpoints: { ...environment.endpoints },
    loopback,
    ...domainFacts(environment, topology),
    privateEndpoints: isInside && environment.privateEndpoints === true,
    ...(environment.lease && { lease: { ...environment.lease } }),
  };
};

function domainFacts({ zone, domains = {} }: Environment, topology: string) {
  const domain = Object.entries(domains).find(([mode]) => mode === topology)?.[1];
  return zone === undefined || domain === undefined ? {} : { zone, domain };
}

function connectorFacts(environment: Environment, only: readonly string[], root: string) {
  const names = Object.keys(environment.connectors).filter((name) => only.length === 0 || only.includes(name));
  const paths = names.map((name) => connectorOf(environment, name)?.definition ?? "");
  const bundles = bundleDefinitions(paths, root);
  return Object.fromEntries(
    names.flatMap((name, index): (readonly [string, ConnectorFacts])[] => {
      const bundle = bundles.get(paths[index] ?? "");
      if (bundle === undefined) return [];
      const definition = definitionOf(bundle);
      const { role, driver } = definition.via;
      return [[name, { role, driver, digest: bundle.digest, ...networkFacts(definition) }]];
    }),
  );
}

/** What a connector that calls its partner asks of the network. */
function networkFacts(definition: Definition): Pick<ConnectorFacts, "fixedSource" | "privateServices"> {
  const { partner, via } = definition;
  if (via.role !== "send" && via.role !== "poll" && !("reconcile" in definition)) return {};
  const sites = Object.values(partner.sites ?? { main: partner });
  const services = sites.flatMap((site) => site.privateService ?? partner.privateService ?? []);
  return { fixedSource: partner.fixedSource === true, privateServices: [...new Set(services)] };
}
