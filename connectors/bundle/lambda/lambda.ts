// Code of the functions on Lambda: a file for each function, which holds the definition, its driver's role and the handler.
import { createHash } from "node:crypto";
import { basename, resolve } from "node:path";
import { type BuildOptions, type BuildResult, build } from "esbuild";
import type { Role } from "../../../src/define/model.ts";
import { type FunctionName, functionsOf } from "../../../src/hosts/lambda/functions.ts";
import { BundleError, bundleDefinitions, definitionOf } from "../bundle.ts";
import { reasonOf } from "../reason.ts";
import { driverEntry, gatewayEntry } from "./entries.ts";
import { connectionsEntry, connectionsFile, lean, type Needs, virtual } from "./plugins.ts";

/** What a connector's functions are made from. */
export interface LambdaConnector {
  readonly name: string;
  /** Path of the definition's file, relative to the program's folder. */
  readonly definition: string;
  readonly role: Role;
  /** Name of the driver's folder, for example `http`. */
  readonly driver: string;
}

/** The code of one function. Equal on every machine where the sources are equal. */
export interface LambdaCode {
  /** Text of `index.js`; its export `handler` is the handler (`index.handler`). */
  readonly code: string;
  /** Text of `index.js.map`, for whoever reads a stack trace: not deployed. */
  readonly map: string;
  /** Texts of files beside it, by name: what is loaded when it is first used. */
  readonly beside: Readonly<Record<string, string>>;
  /** Of the code and the files beside it, SHA-256, in hex. */
  readonly digest: string;
}

export type ConnectorCode = Readonly<Partial<Record<FunctionName, LambdaCode>>>;

/**
 * The functions of connectors, those of a role in one call of esbuild: 200 cost about what 20 do on their own.
 *
 * @param root the program's folder
 * @returns by name of the connector, and in it by function as `functionsOf` lists them
 * @throws BundleError that names the file and the line
 */
export async function bundleLambda(
  connectors: readonly LambdaConnector[],
  root: string,
): Promise<ReadonlyMap<string, ConnectorCode>> {
  const needs = needsOf(connectors, root);
  const wanted = connectors.flatMap((connector) => {
    const { reads, key } = needs.get(connector.name) ?? nothingNeeded;
    return Object.entries(functionsOf(connector.role, connector.driver)).map(([name, facts]) => ({
      connector,
      name,
      key,
      entry: driverEntry(facts, connector.driver, resolve(root, connector.definition), reads),
    }));
  });
  const codes = new Map<string, Partial<Record<string, LambdaCode>>>();
  for (const [key, group] of Map.groupBy(wanted, (each) => each.key)) {
    const made = await bundled(
      group.map(({ entry }) => entry),
      root,
      JSON.parse(key),
    );
    for (const [at, { connector, name }] of group.entries()) {
      codes.set(connector.name, { ...codes.get(connector.name), [name]: made[at] });
    }
  }
  return new Map(connectors.map(({ name }) => [name, { ...codes.get(name) }]));
}

interface ConnectorNeeds {
  /** Whether it polls. */
  readonly reads: boolean;
  /** Its `Needs` as text: connectors of the same needs are bundled together. */
  readonly key: string;
}

const ofNoConnector: Needs = { role: null, driver: "", proofs: [] };
const nothingNeeded: ConnectorNeeds = { reads: false, key: JSON.stringify(ofNoConnector) };

/** By connector's name, from their definitions. */
const needsOf = (connectors: readonly LambdaConnector[], root: string): ReadonlyMap<string, ConnectorNeeds> => {
  const bundles = bundleDefinitions(
    connectors.map(({ definition }) => definition),
    root,
  );
  return new Map(
    connectors.flatMap(({ name, definition: path, role, driver }) => {
      const bundle = bundles.get(path);
      if (bundle === undefined) return [];
      const definition = definitionOf(bundle);
      const reads = role === "poll" || ("reconcile" in definition && definition.reconcile !== undefined);
      const stated = JSON.stringify([definition.partner, definition.via]);
      // Drivers of AWS's own services always sign.
      const proofs = ["oauth2", "sigv4"].filter(
        (kind) => stated.includes(`"kind":"${kind}"`) || (kind === "sigv4" && driver !== "http"),
      );
      return [[name, { reads, key: JSON.stringify({ role, driver, proofs } satisfies Needs) }]];
    }),
  );
};

/** The keeper's code. @throws BundleError */
export const bundleKeeper = (root: string): Promise<LambdaCode> => gateway("keeper", root);
/** The admin function's code. @throws BundleError */
export const bundleAdmin = (root: string): Promise<LambdaCode> => gateway("admin", root);

const gateway = async (name: "keeper" | "admin", root: string): Promise<LambdaCode> => {
  const [code] = await bundled([gatewayEntry(name)], root, ofNoConnector);
  if (code === undefined) throw new RangeError(`${name} was not bundled`);
  return code;
};

const options: BuildOptions = {
  outdir: "/",
  entryNames: "[name]",
  bundle: true,
  minify: true,
  write: false,
  // As CommonJS: half the time to load, and `node:http` as a module of the other kind loads all of Node's own fetch.
  format: "cjs",
  platform: "node",
  target: "node24",
  legalComments: "none",
  logLevel: "silent",
  sourcemap: "external",
  sourcesContent: false,
};

/** Code of each entry's text, in their order. */
async function bundled(entries: readonly string[], root: string, needs: Needs): Promise<readonly LambdaCode[]> {
  const outputs = await built(entries, root, needs);
  const calls = outputs.some(({ code }) => code.includes(connectionsFile));
  const connections = calls ? { [connectionsFile]: await connectionsCode(root) } : {};
  return outputs.map(({ code, map }) => {
    const beside = code.includes(connectionsFile) ? connections : {};
    const hash = createHash("sha256").update(code);
    for (const text of Object.values(beside)) hash.update(text);
    return { code, map, beside, digest: hash.digest("hex") };
  });
}

let connections: Promise<string> | null = null;
/** The same for every function. */
const connectionsCode = (root: string): Promise<string> => {
  connections ??= built([connectionsEntry], root, ofNoConnector).then(([file]) => file?.code ?? "");
  return connections;
};

/** Texts of each entry's bundle and of its map. */
async function built(
  entries: readonly string[],
  root: string,
  needs: Needs,
): Promise<readonly { readonly code: string; readonly map: string }[]> {
  if (entries.length === 0) return [];
  const texts = new Map(entries.map((text, at) => [String(at), text]));
  let result: BuildResult & { readonly outputFiles: readonly { readonly path: string; readonly text: string }[] };
  try {
    result = await build({
      ...options,
      write: false,
      absWorkingDir: resolve(root),
      entryPoints: [...texts.keys()].map((at) => ({ in: `isthmus-entry:${at}`, out: at })),
      plugins: [virtual(texts), lean(needs)],
    });
  } catch (error) {
    throw new BundleError(reasonOf(error, root));
  }
  const files = new Map(result.outputFiles.map(({ path, text }) => [basename(path), text]));
  return [...texts.keys()].map((at) => ({ code: files.get(`${at}.js`) ?? "", map: files.get(`${at}.js.map`) ?? "" }));
}
