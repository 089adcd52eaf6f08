import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import {
  bundleAdmin,
  bundleKeeper,
  bundleLambda,
  type LambdaConnector,
} from "../../connectors/bundle/lambda/lambda.ts";
import type { Bench, Measure } from "../bench.ts";
import { coldRequire } from "./cold.ts";
import { eventCosts } from "./events.ts";

const root = resolve(import.meta.dirname, "../..");
const connectors: readonly LambdaConnector[] = [
  { name: "github-pushes", definition: "infra/partners/github/pushes.ts", role: "receive", driver: "http" },
  { name: "billing-invoices", definition: "infra/partners/billing/invoices.ts", role: "send", driver: "http" },
  { name: "erp-customers", definition: "infra/partners/erp/customers.ts", role: "poll", driver: "http" },
  { name: "insurer-policies", definition: "infra/partners/insurer/policies.ts", role: "feed", driver: "http" },
];
const longestBundle = 400_000;
const longestLoadMs = 25;

interface Bundled {
  readonly what: string;
  readonly code: string;
  /** Of the gateway, not of a connector. */
  readonly shared: boolean;
}

/** Weight of the functions on Lambda, and what an event costs in them. */
export const lambda: Bench = {
  name: "lambda",
  about: "bundles of functions, how long they load, and time and units for an event in the handlers",
  async run({ full, say }) {
    const bundles = await bundled();
    say(`loading ${bundles.length} bundles in fresh processes`);
    const loads = loaded(bundles, full ? 31 : 11);
    say("an event in the handlers");
    const costs = await eventCosts(full ? 1_000 : 200);
    const weights = bundles.flatMap(({ what, code, shared }, at) => {
      const ms = loads[at] ?? 0;
      return [
        { what: `${what}: bundle`, value: code.length, unit: "bytes", ...judged(shared, code.length, longestBundle) },
        { what: `${what}: require above empty`, value: ms, unit: "ms", ...judged(shared, ms, longestLoadMs) },
      ];
    });
    return [...weights, ...costs];
  },
  summary(measures) {
    const largest = (unit: string): number =>
      Math.max(
        ...measures.filter((each) => each.unit === unit && each.target !== undefined).map(({ value = 0 }) => value),
      );
    return { bundleBytes: largest("bytes"), requireMsAboveEmpty: largest("ms") };
  },
};

const judged = (shared: boolean, value: number, most: number): Pick<Measure, "target" | "met"> =>
  shared ? {} : { target: `<= ${most}`, met: value <= most };

const bundled = async (): Promise<readonly Bundled[]> => {
  const codes = await bundleLambda(connectors, root);
  const ofConnectors = [...codes].flatMap(([name, functions]) =>
    Object.entries(functions).map(([each, { code }]) => ({ what: `${name} ${each}`, code, shared: false })),
  );
  const [keeper, admin] = await Promise.all([bundleKeeper(root), bundleAdmin(root)]);
  return [
    ...ofConnectors,
    { what: "keeper", code: keeper.code, shared: true },
    { what: "admin", code: admin.code, shared: true },
  ];
};

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
