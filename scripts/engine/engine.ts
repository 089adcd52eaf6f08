// Finds a Pulumi engine, or gets one: on PATH, in the per-user cache, by the Automation API's own install, by a Go build.
import type { OnProgress, Way } from "./attempt.ts";
import { buildEngine } from "./build.ts";
import { type Engine, engineIn, engineOnPath } from "./candidate.ts";
import { installEngine } from "./install.ts";
import { cacheRoot, withLock } from "./lock.ts";
import { BUILT_VERSION, INSTALLED_VERSION, MINIMUM_VERSION } from "./versions.ts";

export type { OnProgress, Way } from "./attempt.ts";
export type { Engine } from "./candidate.ts";

export interface EngineOptions {
  /** Default: nothing is told. */
  readonly onProgress?: OnProgress;
  /** Where an engine is kept between runs. Default: `isthmus/pulumi` in the user's cache folder. */
  readonly cache?: string;
  /** Tried in this order. Default: the Automation API's own install, then a build with Go. */
  readonly ways?: readonly Way[];
}

/** No engine was found and none could be got. The message says what to do. */
export class EngineMissing extends Error {
  override readonly name = "EngineMissing";
}

const WAYS: readonly Way[] = [
  { name: "download", get: installEngine },
  { name: "build with Go", get: buildEngine },
];

/**
 * A usable engine: the command, its version and the folder that belongs first on PATH.
 * @throws EngineMissing with what was tried and what to do.
 */
export async function findOrGetEngine(options: EngineOptions = {}): Promise<Engine> {
  const { onProgress = () => {}, cache = cacheRoot(), ways = WAYS } = options;
  const found = (await engineOnPath()) ?? (await engineInCache(cache));
  if (found !== null) return found;
  return withLock(
    cache,
    onProgress,
    async () => (await engineInCache(cache)) ?? (await getEngine(cache, ways, onProgress)),
  );
}

async function engineInCache(cache: string): Promise<Engine | null> {
  for (const version of [INSTALLED_VERSION, BUILT_VERSION]) {
    const engine = await engineIn(`${cache}/${version}/bin`, "cache");
    if (engine !== null) return engine;
  }
  return null;
}

async function getEngine(cache: string, ways: readonly Way[], onProgress: OnProgress): Promise<Engine> {
  const failed: string[] = [];
  for (const way of ways) {
    const attempt = await way.get(cache, onProgress);
    if (attempt.kind === "got") return attempt.engine;
    failed.push(`  ${way.name}: ${attempt.why}`);
  }
  throw new EngineMissing(
    [
      "The Pulumi engine is needed, and none could be found or got:",
      `  on PATH: no \`pulumi\` ${MINIMUM_VERSION} or newer with \`pulumi-language-nodejs\` beside it`,
      ...failed,
      "What to do, one of:",
      "  install Pulumi (https://www.pulumi.com/docs/install/) so that `pulumi version` answers, and start again",
      "  install Go 1.25 or newer, and start again: the engine is then built from the Go module proxy (4 to 5 minutes, once)",
    ].join("\n"),
  );
}
