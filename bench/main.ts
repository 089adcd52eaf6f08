#!/usr/bin/env node
// Measures what design and issue ask for, each against a bare baseline in the same run.
import { styleText } from "node:util";
import Table from "cli-table3";
import { Command } from "commander";
import { backlogMemory } from "./backlog-memory.ts";
import type { Bench, Measure } from "./bench.ts";
import { drain } from "./drain.ts";
import { egressDispatch } from "./egress-dispatch.ts";
import { endToEnd } from "./end-to-end.ts";
import { ingressAccept } from "./ingress-accept.ts";
import { journalCost } from "./journal-cost.ts";
import { journalOpening } from "./journal-opening.ts";
import { lambda } from "./lambda/lambda.ts";
import { preview } from "./preview/preview.ts";
import { recovery } from "./recovery.ts";
import { simulationSpeed } from "./simulation-speed.ts";

const benches: readonly Bench[] = [
  journalCost,
  journalOpening,
  backlogMemory,
  ingressAccept,
  egressDispatch,
  endToEnd,
  drain,
  recovery,
  simulationSpeed,
  lambda,
  preview,
];

interface Options {
  readonly json?: boolean;
  readonly only?: string;
  readonly full?: boolean;
  readonly keep?: boolean;
}

const program = new Command("bench")
  .description("Measures speed and size against bare baselines.")
  .option("--json", "print the results as JSON on the last line")
  .option("--only <name>", `run one of: ${benches.map(({ name }) => name).join(", ")}`)
  .option("--full", "run at the full sizes, which takes long")
  .option("--keep", "write the numbers that `npm run docs` makes pages from")
  .action((options: Options) => run(options));

const run = async ({ json = false, only, full = false, keep = false }: Options): Promise<void> => {
  const chosen = benches.filter(({ name }) => only === undefined || name === only);
  if (chosen.length === 0) program.error(`no bench is called '${only}'`);
  const results: { bench: string; measures: readonly Measure[] }[] = [];
  for (const bench of chosen) {
    process.stderr.write(`${styleText("bold", bench.name)}: ${bench.about}\n`);
    const measures = await bench.run({ full, keep, say: (text) => process.stderr.write(`  ${text}\n`) });
    results.push({ bench: bench.name, measures });
    if (!json) process.stdout.write(`${tableOf(measures)}\n`);
  }
  if (!json) return;
  process.stdout.write(`${JSON.stringify(results)}\n`);
  for (const { name, summary } of chosen) {
    const measures = results.find(({ bench }) => bench === name)?.measures ?? [];
    if (summary !== undefined) process.stdout.write(`${JSON.stringify({ [name]: summary(measures) })}\n`);
  }
};

const tableOf = (measures: readonly Measure[]): string => {
  const table = new Table({ head: ["", "per second", "p50 ms", "p99 ms", "value", "ratio", "target", ""] });
  for (const { what, rate, p50, p99, value, unit, ratio, target, met } of measures) {
    table.push([
      what,
      rate === undefined ? "" : Math.round(rate).toLocaleString("en"),
      p50?.toFixed(2) ?? "",
      p99?.toFixed(2) ?? "",
      value === undefined ? "" : `${value.toFixed(value < 100 ? 1 : 0)} ${unit ?? ""}`,
      ratio?.toFixed(2) ?? "",
      target ?? "",
      met === undefined ? "" : met ? "met" : "missed",
    ]);
  }
  return table.toString();
};

await program.parseAsync();
