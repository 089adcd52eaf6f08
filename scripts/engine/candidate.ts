// Judges whether a folder, or PATH, holds an engine that can run this project.
import { access, constants, realpath } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { MINIMUM_VERSION } from "./versions.ts";

export interface Engine {
  readonly command: PulumiCommand;
  readonly version: string;
  /** The folder of the command; the plugins that belong to it lie beside it. */
  readonly bin: string;
  readonly from: "path" | "cache" | "download" | "build";
}

const LANGUAGE_HOST = "pulumi-language-nodejs";

/** The engine on PATH, or null where there is none of a usable version with its language host. */
export async function engineOnPath(): Promise<Engine | null> {
  const command = await onPath("pulumi");
  if (command === null) return null;
  const bin = dirname(await realpath(command));
  if (!(await executable(join(bin, LANGUAGE_HOST))) && (await onPath(LANGUAGE_HOST)) === null) return null;
  const pulumi = await PulumiCommand.get().catch(() => null);
  return usable(pulumi, bin, "path");
}

/** The engine in a `bin` folder, or null where it is absent, incomplete or too old. */
export async function engineIn(bin: string, from: Engine["from"]): Promise<Engine | null> {
  if (!(await executable(join(bin, "pulumi"))) || !(await executable(join(bin, LANGUAGE_HOST)))) return null;
  const pulumi = await PulumiCommand.get({ root: dirname(bin) }).catch(() => null);
  return usable(pulumi, bin, from);
}

function usable(command: PulumiCommand | null, bin: string, from: Engine["from"]): Engine | null {
  if (command?.version == null || command.version.compare(MINIMUM_VERSION) < 0) return null;
  return { command, version: command.version.version, bin, from };
}

/** The first file of that name on PATH that may be run, or null. */
export async function onPath(name: string): Promise<string | null> {
  for (const folder of (process.env.PATH ?? "").split(delimiter)) {
    if (folder !== "" && (await executable(join(folder, name)))) return join(folder, name);
  }
  return null;
}

async function executable(file: string): Promise<boolean> {
  return access(file, constants.X_OK).then(
    () => true,
    () => false,
  );
}
