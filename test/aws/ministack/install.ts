// MiniStack stands for AWS: one process is one region. It is a Python program, kept in a cache of the user, outside the clone.
import { execFile } from "node:child_process";
import { existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
export const ministackVersion = "1.5.33";
const packages = [`ministack==${ministackVersion}`, "cryptography==50.0.2"];

const cacheFolder = (): string => join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "isthmus");

/**
 * The Python that has MiniStack (`python -m ministack`), installed at the first call.
 *
 * @throws an Error that says what is missing: Python 3 with `venv`, or the package registry
 */
export async function installMinistack(): Promise<string> {
  const folder = join(cacheFolder(), `ministack-${ministackVersion}`);
  const python = join(folder, "bin", "python3");
  if (existsSync(python)) return python;
  mkdirSync(cacheFolder(), { recursive: true });
  // Moved into place when it is whole. Its commands name the folder before; its Python does not.
  const made = `${folder}.${process.pid}`;
  try {
    await run("python3", ["-m", "venv", made]);
    await run(join(made, "bin", "pip"), ["install", "--quiet", "--disable-pip-version-check", ...packages]);
    renameSync(made, folder);
  } catch (error) {
    rmSync(made, { recursive: true, force: true });
    if (existsSync(python)) return python;
    throw new Error(`MiniStack could not be installed (it needs Python 3 with venv, and pip): ${reasonOf(error)}`);
  }
  return python;
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
