// The file backend of this project: where state lies, what encrypts it, and the environment that the engine runs in.
import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Engine } from "../engine/engine.ts";
import { removeDeadLocks } from "./locks.ts";

/** The folder of `Pulumi.yaml`. */
export const projectRoot = resolve(dirname(fileURLToPath(import.meta.url)), "../..");

export interface Backend {
  /** The folder of the backend and the state folders. */
  readonly home: string;
  /** What to set beside PATH to run `pulumi` by hand on the same state. */
  readonly variables: Readonly<Record<string, string>>;
  /** The whole environment for the engine, with Node 24 and the engine first on PATH. */
  readonly environment: Record<string, string>;
}

export interface BackendOptions {
  readonly engine: Engine;
  /** The folder of the backend and the state folders. Default: `.isthmus` in the project's folder. */
  readonly home?: string | undefined;
  /** The folder of `Pulumi.yaml`. Default: this project. */
  readonly project?: string | undefined;
}

/**
 * Makes the backend where it does not exist yet, and removes locks that engines left which were killed. `PULUMI_BACKEND_URL` and `PULUMI_CONFIG_PASSPHRASE[_FILE]` of the
 * caller win. Without a passphrase one is generated and kept, readable by the owner only.
 */
export async function backend(options: BackendOptions): Promise<Backend> {
  const project = options.project ?? projectRoot;
  const standard = join(project, ".isthmus");
  const home = resolve(options.home ?? standard);
  await mkdir(join(home, "backend"), { recursive: true, mode: 0o700 });
  await removeDeadLocks(home);
  const variables: Record<string, string> = {
    PULUMI_BACKEND_URL: process.env.PULUMI_BACKEND_URL ?? pathToFileURL(join(home, "backend")).href,
  };
  if (process.env.PULUMI_CONFIG_PASSPHRASE === undefined) {
    const file = process.env.PULUMI_CONFIG_PASSPHRASE_FILE ?? join(home, "passphrase");
    if ((await generate(file)) && home === standard) await forgetOrphans(project);
    variables.PULUMI_CONFIG_PASSPHRASE_FILE = file;
  } else {
    variables.PULUMI_CONFIG_PASSPHRASE = process.env.PULUMI_CONFIG_PASSPHRASE;
  }
  const path = [dirname(process.execPath), options.engine.bin, process.env.PATH ?? ""].join(delimiter);
  return { home, variables, environment: { ...variables, PATH: path, PULUMI_SKIP_UPDATE_CHECK: "true" } };
}

/** Writes a passphrase if the file is not there. True: it was not. */
async function generate(file: string): Promise<boolean> {
  try {
    await writeFile(file, randomBytes(24).toString("base64url"), { flag: "wx", mode: 0o600 });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes stack settings that were encrypted with a passphrase that is gone: their stacks' state was deleted with it,
 * and the engine would refuse to make the stacks again.
 */
async function forgetOrphans(project: string): Promise<void> {
  for (const name of await readdir(project)) {
    if (!/^Pulumi\.(local|preview-[^.]+)\..+\.yaml$/.test(name)) continue;
    const file = join(project, name);
    if (/^encryptionsalt:/m.test(await readFile(file, "utf8"))) await rm(file);
  }
}
