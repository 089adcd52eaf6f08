// Connectors whose functions are weighed: those of the example on AWS, and others that carry as much as there is.
import { resolve } from "node:path";
import { bundleDefinitions, definitionOf } from "../../../../connectors/bundle/bundle.ts";
import type { LambdaConnector } from "../../../../connectors/bundle/lambda/lambda.ts";
import environment from "../../../../infra/environments/aws.ts";

export const root = resolve(import.meta.dirname, "../../../..");
const here = "test/aws/lambda/weighed";
const heavy = ["oauth2-poll", "mtls-send", "sigv4-send", "queue-send", "bus-send", "bus-receive"];

/** Paths of definitions, from the program's folder, by connector's name. */
const paths = new Map([
  ...Object.entries(environment.connectors).map(([name, connector]): [string, string] => [
    name,
    `infra/${typeof connector === "string" ? connector : connector.definition}`,
  ]),
  ...heavy.map((name): [string, string] => [name, `${here}/${name}.ts`]),
  ["queue-receive", "test/aws/lambda/definitions/parcels-taken.ts"],
]);

export const weighedConnectors = (): readonly LambdaConnector[] => {
  const bundles = bundleDefinitions([...paths.values()], root);
  return [...paths].flatMap(([name, definition]) => {
    const bundle = bundles.get(definition);
    if (bundle === undefined) return [];
    const { role, driver } = definitionOf(bundle).via;
    return [{ name, definition, role, driver }];
  });
};
