import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleAdmin, bundleKeeper, bundleLambda, type LambdaCode } from "../../connectors/bundle/lambda/lambda.ts";
import { root, weighedConnectors } from "../../test/aws/lambda/weighed/connectors.ts";
import type { Bench, Measure } from "../bench.ts";
import { coldRequire } from "./cold.ts";
import { eventCosts, type RoleCosts } from "./events.ts";
import { keepCosts } from "./kept-costs.ts";

const longestBundle = 400_000;
const longestLoadMs = 25;

interface Bundled {
  readonly what: string;
  readonly code: string;
  /** Bytes of files beside it, which the first call loads. */
  readonly besideBytes: number;
  /** Of the gateway, not of a connector. */
  readonly shared: boolean;
}

/** Weight of the functions on Lambda, and what an event costs in them. */
export const lambda: Bench = {
  name: "lambda",
  about: "bundles of functions, how long they load, and time and units for an event in the handlers",
  async run({ full, keep, say }) {
    const bundles = await bundled();
    say(`loading ${bundles.length} bundles in fresh processes`);
    const loads = loaded(bundles, full ? 31 : 11);
    const count = full ? 1_000 : 200;
    say(`${count} events of each role in the handlers`);
    const costs = await eventCosts(count);
    if (keep) say(`${keepCosts(costs, count)}: written, npm run docs reads it`);
    return [
      ...bundles.flatMap((bundle, at) => weightOf(bundle, loads[at] ?? 0)),
      ...Object.entries(costs).flatMap(([role, steps]) => costMeasures(role, steps)),
    ];
  },
  summary(measures) {
    const largest = (unit: string): number =>
      Math.max(
        ...measures.filter((each) => each.unit === unit && each.target !== undefined).map(({ value = 0 }) => value),
      );
    return { bundleBytes: largest("bytes"), requireMsAboveEmpty: largest("ms") };
  },
};

const weightOf = ({ what, code, besideBytes, shared }: Bundled, ms: number): readonly Measure[] => {
  const bytes = Buffer.byteLength(code);
  return [
    { what: `${what}: bundle`, value: bytes, unit: "bytes", ...judged(shared, bytes, longestBundle) },
    ...(besideBytes > 0 ? [{ what: `${what}: loaded with its first call`, value: besideBytes, unit: "bytes" }] : []),
    { what: `${what}: require above empty`, value: ms, unit: "ms", ...judged(shared, ms, longestLoadMs) },
  ];
};

const costMeasures = (role: string, steps: RoleCosts): readonly Measure[] =>
  Object.entries(steps).flatMap(([step, { cpuMs, ms, reads, writes }]) => [
    { what: `${role} ${step}: in the handler`, value: cpuMs, unit: "ms CPU an event" },
    { what: `${role} ${step}: with the emulated services`, value: ms, unit: "ms an event" },
    { what: `${role} ${step}: reads`, value: reads, unit: "units an event" },
    { what: `${role} ${step}: writes`, value: writes, unit: "units an event" },
  ]);

const judged = (shared: boolean, value: number, most: number): Pick<Measure, "target" | "met"> =>
  shared ? {} : { target: `<= ${most}`, met: value <= most };

const bundled = async (): Promise<readonly Bundled[]> => {
  const codes = await bundleLambda(weighedConnectors(), root);
  const ofConnectors = [...codes].flatMap(([name, functions]) =>
    Object.entries(functions).map(([each, code]) => bundledAs(`${name} ${each}`, code, false)),
  );
  const [keeper, admin] = await Promise.all([bundleKeeper(root), bundleAdmin(root)]);
  return [...ofConnectors, bundledAs("keeper", keeper, true), bundledAs("admin", admin, true)];
};

const bundledAs = (what: string, { code, beside }: LambdaCode, shared: boolean): Bundled => ({
  what,
  code,
  besideBytes: Object.values(beside).reduce((sum, text) => sum + Buffer.byteLength(text), 0),
  shared,
});

/** Milliseconds that each takes to load, above a file that holds an empty handler. */
const loaded = (bundles: readonly Bundled[], runs: number): readonly number[] => {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-bench-"));
  try {
    const files = ["exports.handler = async () => ({});", ...bundles.map(({ code }) => code)].map((text, at) => {
      const file = join(folder, `${at}.cjs`);
      writeFileSync(file, text);
      return file;
    });
    const [empty = 0, ...rest] = coldRequire(files, runs);
    return rest.map((ms) => Math.max(0, ms - empty));
  } finally {
    rmSync(folder, { recursive: true });
  }
};
