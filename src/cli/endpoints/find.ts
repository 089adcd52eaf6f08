import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { allRegions } from "../../define/environment.ts";
import { loadEnvironment } from "../definitions/load.ts";
import { UsageError } from "../exit.ts";
import { clockTime } from "../output.ts";
import { type Cached, type CacheName, readCache, writeCache } from "./cache.ts";
import { type Endpoint, type Endpoints, endpointsFile } from "./endpoint.ts";
import { adminOf } from "./outputs.ts";

export interface EndpointOptions extends CacheName {
  /** The file itself. */
  readonly endpoints?: string;
  /** Folder that holds the state of all environments. Default: `.isthmus` here or in a folder above. */
  readonly home?: string;
}

/** What stacks said is asked for again after this long. Milliseconds. */
const freshMs = 600_000;

/**
 * Where all processes of an environment are: by the file that is named, by the one that a local deployment wrote, or by
 * what the stacks of the regions say and said before.
 *
 * @throws UsageError where nothing says it
 */
export const readEndpoints = async (options: EndpointOptions): Promise<Endpoints> => {
  const path = options.endpoints ?? localFile(options);
  if (options.endpoints !== undefined || existsSync(path)) return readFile(path, options);
  const regions = await regionsOf(options);
  if (regions === null) throw new UsageError(notThere(path, options));
  return fromStacks(regions, options);
};

const readFile = (path: string, options: EndpointOptions): Endpoints => {
  if (!existsSync(path)) throw new UsageError(notThere(path, options));
  const result = endpointsFile.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!result.success)
    throw new UsageError(`${path} does not say where regions are: ${result.error.issues[0]?.message}`);
  return result.data;
};

const notThere = (path: string, { env, mode }: EndpointOptions): string =>
  `${path} is not there: deploy ${env} in mode ${mode} first, or name the file with --endpoints`;

/** null: the deployment of this environment would have written the file. */
const regionsOf = async ({ env, program }: EndpointOptions): Promise<readonly string[] | null> => {
  if (!existsSync(resolve(program, "environments", `${env}.ts`))) return null;
  const environment = await loadEnvironment({ env, program });
  return environment.platform === "local" ? null : allRegions(environment);
};

const fromStacks = async (regions: readonly string[], options: EndpointOptions): Promise<Endpoints> => {
  const now = Date.now();
  const cached = readCache(options);
  if (regions.every((region) => now - (cached[region]?.asOfMs ?? 0) < freshMs)) {
    return { regions: Object.fromEntries(regions.flatMap((region) => endpointOf(cached, region))) };
  }
  const { env, mode, program } = options;
  const told = await Promise.all(
    regions.map(async (region) => [region, await adminOf(`${env}.${region}.${mode}`, program)] as const),
  );
  const heard = told.flatMap(([region, endpoint]) =>
    "unknown" in endpoint ? [] : [[region, { endpoint, asOfMs: now }] as const],
  );
  if (heard.length > 0) writeCache(options, { ...cached, ...Object.fromEntries(heard) });
  const found = told.map(
    ([region, endpoint]) => [region, "unknown" in endpoint ? before(cached, region, endpoint) : endpoint] as const,
  );
  if (found.every(([, endpoint]) => "unknown" in endpoint)) throw new UsageError(unheardOf(found, options));
  return { regions: Object.fromEntries(found) };
};

const endpointOf = (cached: Cached, region: string): readonly (readonly [string, Endpoint])[] => {
  const known = cached[region];
  return known === undefined ? [] : [[region, known.endpoint]];
};

/** Said beside the answer: it is where the region was, and it may stand elsewhere by now. */
const before = (cached: Cached, region: string, { unknown }: { readonly unknown: string }): Endpoint => {
  const known = cached[region];
  if (known === undefined) return { unknown: `nobody says where it is: ${unknown}` };
  process.stderr.write(`endpoints of ${region} as of ${clockTime(known.asOfMs)}: ${unknown}\n`);
  return known.endpoint;
};

const unheardOf = (found: readonly (readonly [string, Endpoint])[], { env, mode }: EndpointOptions): string =>
  [
    `nothing says where the regions of ${env} in mode ${mode} are, and nothing said it before:`,
    ...found.map(([region, endpoint]) => `  ${region}: ${"unknown" in endpoint ? endpoint.unknown : ""}`),
    "deploy them first, or name a file with --endpoints",
  ].join("\n");

const localFile = (options: EndpointOptions): string =>
  join(homeOf(options), `${options.env}.${options.mode}`, "endpoints.json");

const homeOf = ({ home }: EndpointOptions): string => {
  if (home !== undefined) return resolve(home);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".isthmus"))) return join(folder, ".isthmus");
    if (folder === dirname(folder)) return join(process.cwd(), ".isthmus");
  }
};
