// Which tests need MiniStack, and why it cannot be had where it cannot.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { installMinistack } from "./install.ts";

const folders = ["src", "test"];
/** How a test file comes by it: from here, or from what starts it for a test. */
const ways = /ministack\.ts"|\/emulation\.ts"|openPlace|openThrottled/;

/** Installs it where it is not there. null: it is; else the reason, for people. */
export async function hindrance(): Promise<string | null> {
  try {
    await installMinistack();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Test files that cannot run without it, relative to the project's folder. */
export const filesThatNeedIt = (root: string): readonly string[] =>
  folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
      .filter((path) => path.endsWith(".test.ts"))
      .map((path) => `${folder}/${path}`)
      .filter((path) => ways.test(readFileSync(join(root, path), "utf8"))),
  );
