import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { UsageError } from "./exit.ts";

const endpoint = z.object({ publicUrl: z.url().optional(), adminUrl: z.url(), tokenFile: z.string() });
const endpointsFile = z.object({ regions: z.record(z.string(), endpoint), witness: endpoint.optional() });

export type Endpoint = z.output<typeof endpoint>;
export type Endpoints = z.output<typeof endpointsFile>;

export interface EndpointOptions {
  readonly env: string;
  readonly mode: string;
  /** The file itself. */
  readonly endpoints?: string;
  /** Folder that holds the state of all environments. Default: `.isthmus` here or in a folder above. */
  readonly home?: string;
}

/** Where all processes of an environment are. Needs no Pulumi. @throws UsageError */
export const readEndpoints = (options: EndpointOptions): Endpoints => {
  const path = pathOf(options);
  if (!existsSync(path)) {
    throw new UsageError(
      `${path} is not there: deploy ${options.env} in mode ${options.mode} first, or name the file with --endpoints`,
    );
  }
  const result = endpointsFile.safeParse(JSON.parse(readFileSync(path, "utf8")));
  if (!result.success)
    throw new UsageError(`${path} does not say where regions are: ${result.error.issues[0]?.message}`);
  return result.data;
};

/** Whether there is a file that says where they are. */
export const isDeployed = (options: EndpointOptions): boolean => existsSync(pathOf(options));

const pathOf = (options: EndpointOptions): string =>
  options.endpoints ?? join(homeOf(options), `${options.env}.${options.mode}`, "endpoints.json");

const homeOf = ({ home }: EndpointOptions): string => {
  if (home !== undefined) return resolve(home);
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (existsSync(join(folder, ".isthmus"))) return join(folder, ".isthmus");
    if (folder === dirname(folder)) return join(process.cwd(), ".isthmus");
  }
};
