// Definitions as content-addressed bundles: what a region runs, what the state holds, and what a preview compares.

import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { basename, join, relative, resolve } from "node:path";
import { RunError } from "@pulumi/pulumi";
import { buildSync, transformSync } from "esbuild";
import type { Definition } from "../../src/define/index.ts";

export interface Bundle {
  /** The path as it was given. */
  readonly path: string;
  /** One ESM file with everything in it; its default export is the definition. */
  readonly text: string;
  /** Of the text, SHA-256, in hex. Equal text, equal digest, on every machine. */
  readonly digest: string;
}

/** A definition's file does not bundle or does not run. The message names the file and the line. */
export class BundleError extends RunError {}

const made = new Map<string, Bundle>();

/**
 * Bundles definitions, all in one call: 200 cost about what 20 calls of their own do. A path that was bundled before in
 * this run is not bundled again: a program sees one version of its files.
 * @param paths relative to `root`
 * @throws BundleError
 */
export function bundleDefinitions(paths: readonly string[], root: string): ReadonlyMap<string, Bundle> {
  const fresh = [...new Set(paths)].filter((path) => !made.has(resolve(root, path)));
  if (fresh.length > 0) {
    const texts = build(fresh, root);
    fresh.forEach((path, index) => {
      const text = texts[index] ?? "";
      made.set(resolve(root, path), { path, text, digest: createHash("sha256").update(text).digest("hex") });
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
function build(paths: readonly string[], root: string): readonly string[] {
  try {
    const { outputFiles } = buildSync({
      // Named by number: the order of the answer, and no path of this machine, depends on them.
      entryPoints: paths.map((path, index) => ({ in: resolve(root, path), out: String(index) })),
      outdir: "/",
      // Comments in the bundle name files relative to this, so that the text is the same in every clone.
      absWorkingDir: resolve(root),
      bundle: true,
      write: false,
      format: "esm",
      platform: "node",
      target: "node24",
      legalComments: "none",
      logLevel: "silent",
    });
    const byNumber = new Map(outputFiles.map((file) => [basename(file.path, ".js"), file.text]));
    return paths.map((_, index) => byNumber.get(String(index)) ?? "");
  } catch (error) {
    throw new BundleError(reason(error, root));
  }
}

/** The definition that a bundle exports. Evaluates the bundle, synchronously. @throws BundleError */
export function definitionOf(bundle: Bundle): Definition {
  const { code } = transformSync(bundle.text, { format: "cjs", platform: "node", target: "node24" });
  const module: { exports: { default?: unknown } } = { exports: {} };
  try {
    new Function("module", "exports", "require", code)(module, module.exports, createRequire(import.meta.url));
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

/** The first problems as esbuild tells them: file, line and what is wrong. */
function reason(error: unknown, root: string): string {
  if (!(error instanceof Error) || !("errors" in error) || !Array.isArray(error.errors)) return String(error);
  return error.errors
    .slice(0, 5)
    .map(({ text, location }) => {
      if (!location) return text;
      return `${relative(root, join(root, location.file))}:${location.line}: ${text}`;
    })
    .join("\n");
}
