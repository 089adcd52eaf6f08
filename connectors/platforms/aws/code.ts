// Code of functions as Pulumi takes it. What is bundled in one tick of the program is bundled in one call.
import { asset } from "@pulumi/pulumi";
import {
  bundleAdmin,
  bundleKeeper,
  bundleLambda,
  type ConnectorCode,
  type LambdaCode,
  type LambdaConnector,
} from "../../bundle/lambda/lambda.ts";

export type Code = Pick<LambdaCode, "code" | "beside">;

type Bundles = ReadonlyMap<string, ConnectorCode>;
let waiting: { readonly connectors: LambdaConnector[]; readonly bundles: Promise<Bundles> } | null = null;
/** What was bundled before: a program sees one version of its files. */
const made = new Map<string, Promise<ConnectorCode>>();

/** @param root the program's folder */
export function codeOf(connector: LambdaConnector, root: string): Promise<ConnectorCode> {
  const key = JSON.stringify([root, connector]);
  const known = made.get(key);
  if (known !== undefined) return known;
  waiting ??= begin(root);
  waiting.connectors.push(connector);
  const code = waiting.bundles.then((bundles) => bundles.get(connector.name) ?? {});
  made.set(key, code);
  return code;
}

/** Bundles, in one call, what is asked for until the program waits for the first time. */
function begin(root: string) {
  const connectors: LambdaConnector[] = [];
  const bundles = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
    waiting = null;
    return bundleLambda(connectors, root);
  });
  return { connectors, bundles };
}

const gateways = new Map<string, Promise<Code>>();

/** @param root the program's folder */
export function gatewayCode(kind: "keeper" | "admin", root: string): Promise<Code> {
  const key = JSON.stringify([root, kind]);
  const code = gateways.get(key) ?? (kind === "keeper" ? bundleKeeper(root) : bundleAdmin(root));
  gateways.set(key, code);
  return code;
}

/** @param config where it is too long for a variable; null: it is in one */
export const archive = (code: Promise<Code>, config: string | null): asset.AssetArchive =>
  new asset.AssetArchive(
    code.then(({ code: index, beside }) => {
      const texts = { "index.js": index, ...beside, ...(config !== null && { "config.json": config }) };
      return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, new asset.StringAsset(text)]));
    }),
  );
