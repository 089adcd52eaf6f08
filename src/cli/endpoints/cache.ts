// Where the regions of an environment were when a stack last said it, for the time when none can be asked.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import * as z from "zod";
import { reachable } from "./endpoint.ts";

const known = z.object({ endpoint: reachable, asOfMs: z.number() });
const cacheFile = z.object({ regions: z.record(z.string(), known) });

export type Known = z.output<typeof known>;
export type Cached = Readonly<Record<string, Known>>;

export interface CacheName {
  readonly env: string;
  readonly mode: string;
  readonly program: string;
}

/** Nothing where there is no file, or none that can be read. */
export const readCache = (name: CacheName): Cached => {
  try {
    const read = cacheFile.safeParse(JSON.parse(readFileSync(pathOf(name), "utf8")));
    return read.success ? read.data.regions : {};
  } catch {
    return {};
  }
};

/** A folder that cannot be written to costs the next command time, and no more. */
export const writeCache = (name: CacheName, regions: Cached): void => {
  const path = pathOf(name);
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const draft = `${path}.${process.pid}`;
    writeFileSync(draft, JSON.stringify({ regions }), { mode: 0o600 });
    renameSync(draft, path);
  } catch (error) {
    process.stderr.write(`${path} cannot be written: ${error instanceof Error ? error.message : String(error)}\n`);
  }
};

/** Two projects may have an environment of one name. */
const pathOf = ({ env, mode, program }: CacheName): string => {
  const project = createHash("sha256").update(resolve(program)).digest("hex").slice(0, 12);
  return join(cacheFolder(), "isthmus", "endpoints", `${env}.${mode}.${project}.json`);
};

const cacheFolder = (): string => {
  const { XDG_CACHE_HOME: given, LOCALAPPDATA: local } = process.env;
  if (given !== undefined && given !== "") return given;
  if (process.platform === "win32" && local !== undefined) return local;
  return process.platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
};
