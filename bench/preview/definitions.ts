// Definitions of many connectors, a file for each, as users have them.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import type { EnvironmentConnector } from "isthmus";

export const root = resolve(import.meta.dirname, "../..");
interface Sample {
  readonly text: string;
  readonly settings: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
}

const sample = (name: string, settings: Sample["settings"], ...secrets: readonly string[]): Sample => ({
  text: readFileSync(join(root, `src/hosts/node/test-support/definitions/${name}.ts`), "utf8")
    // This hub has no order.
    .replace('  ordering: "key",\n', "")
    .replace(/"(\.\.\/)+define\/index\.ts"/, '"isthmus"'),
  settings,
  secrets,
});
/** One of each role. */
const samples: readonly Sample[] = [
  sample("orders-in", {}, "shop"),
  sample("orders-out", { warehouse: "https://warehouse.example" }),
  sample("orders-poll", { market: "https://market.example" }),
  sample("orders-feed", {}, "claims", "audit"),
];

export interface Definitions {
  /** As an environment has them: paths relative to `infra`. */
  readonly connectors: Readonly<Record<string, EnvironmentConnector>>;
  /** Names of the secrets that they use. */
  readonly secrets: readonly string[];
  remove(): void;
}

/** @param count of connectors: as many of each role, no two files the same */
export const writeDefinitions = (count: number): Definitions => {
  const folder = mkdtempSync(join(root, ".isthmus-bench-"));
  const used = Array.from({ length: count }, (_, at) => ({ name: `orders-${at}`, ...sampleAt(at) }));
  const connectors = used.map(({ name, text, settings }): [string, EnvironmentConnector] => {
    const file = join(folder, `${name}.ts`);
    writeFileSync(file, `${text}\n// ${name}\n`);
    return [name, { definition: relative(join(root, "infra"), file), settings }];
  });
  return {
    connectors: Object.fromEntries(connectors),
    secrets: [...new Set(used.flatMap(({ secrets }) => secrets))],
    remove: () => rmSync(folder, { recursive: true }),
  };
};

const sampleAt = (at: number): Sample => {
  const found = samples[at % samples.length];
  if (found === undefined) throw new RangeError("there is no sample");
  return found;
};
