// Definitions as content-addressed bundles: what a region runs, what the state holds, and what a preview compares.

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { basename, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { RunError } from "@pulumi/pulumi";
import { type BuildOptions, buildSync } from "esbuild";
import type { Definition } from "../../src/define/index.ts";
import { reasonOf } from "./reason.ts";

export interface Bundle {
  /** The path as it was given. */
  readonly path: string;
  /** One ESM file with everything in it; its default export is the definition. */
  readonly text: string;
  /** Of the text, SHA-256, in hex. Equal text, equal digest, on every machine. */
  readonly digest: string;
  /** The user's own part of it, packages left out, as CommonJS: what people compare, and what is cheap to evaluate. */
  readonly source: string;
  /** Where `source` finds its packages from. */
  readonly file: string;
}

/** A definition's file does not bundle or does not run. The message names the file and the line. */
export class BundleError extends RunError {}

/** What `isthmus` is in a definition: TypeScript, which a plain `require` cannot load everywhere. */
const definitionApi = fileURLToPath(new URL("../../src/define/index.ts", import.meta.url));

const made = new Map<string, Bundle>();

/**
 * Bundles definitions, all together: 200 cost about what 20 do on their own. A path that was bundled before in
 * this run is not bundled again: a program sees one version of its files.
 * @param paths relative to `root`
 * @throws BundleError
 */
export function bundleDefinitions(paths: readonly string[], root: string): ReadonlyMap<string, Bundle> {
  const fresh = [...new Set(paths)].filter((path) => !made.has(resolve(root, path)));
  if (fresh.length > 0) {
    const texts = build(fresh, root, { format: "esm" });
    const sources = build(fresh, root, { format: "cjs", packages: "external", alias: { isthmus: definitionApi } });
    fresh.forEach((path, index) => {
      const [text = "", source = ""] = [texts[index], sources[index]];
      const file = resolve(root, path);
      made.set(file, { path, text, source, file, digest: createHash("sha256").update(text).digest("hex") });
    });
  }
  return new Map(
    paths.flatMap((path) => {
      const bundle = made.get(resolve(root, path));
      return bundle === undefined ? [] : [[path, bundle]];
    }),
  );
}

/** The texts of the bundles, in the order of the paths. */
function build(
  paths: readonly string[],
  root: string,
  options: Pick<BuildOptions, "format" | "packages" | "alias">,
): readonly string[] {
  try {
    const { outputFiles } = buildSync({
      // Named by number: the order of the answer, and no path of this machine, depends on them.
      entryPoints: paths.map((path, index) => ({ in: resolve(root, path), out: String(index) })),
      outdir: "/",
      // Comments in the bundle name files relative to this, so that the text is the same in every clone.
      absWorkingDir: resolve(root),
      bundle: true,
      write: false,
      platform: "node",
      target: "node24",
      legalComments: "none",
      logLevel: "silent",
      ...options,
    });
    const byNumber = new Map(outputFiles.map((file) => [basename(file.path, ".js"), file.text]));
    return paths.map((_, index) => byNumber.get(String(index)) ?? "");
  } catch (error) {
    throw new BundleError(reasonOf(error, root));
  }
}

/** The definition that a bundle exports. Evaluates the user's part of it, synchronously. @throws BundleError */
export function definitionOf(bundle: Bundle): Definition {
  const module: { exports: { default?: unknown } } = { exports: {} };
  try {
    new Function("module", "exports", "require", bundle.source)(module, module.exports, createRequire(bundle.file));
  } catch (error) {
    throw new BundleError(`${bundle.path} throws when it is loaded: ${error instanceof Error ? error.message : error}`);
  }
  const found = module.exports.default;
  if (!isDefinition(found)) {
    throw new BundleError(
      `${bundle.path}: its default export is not a definition: write \`export default defineConnector({ ... })\``,
    );
  }
  return found;
}

function isDefinition(value: unknown): value is Definition {
  return typeof value === "object" && value !== null && "partner" in value && "via" in value && "events" in value;
}
