import type { Cell, VariantName } from "../matrix/cells.ts";
import { type CellNumbers, numbersOf } from "./cell-numbers.ts";
import { cellSchedule } from "./cell-schedule.ts";
import type { Facts } from "./facts.ts";
import type { Finding } from "./finding.ts";
import type { Fault } from "./schedule-model.ts";
import { type Run, simulate } from "./simulation.ts";
import { type Violation, violationOf } from "./story.ts";

export interface CellRun {
  readonly violation: Violation | null;
  readonly numbers: CellNumbers;
}

/** Schedules drawn at most for one in which the variant really happens. */
const drawsAtMost = 20;

/**
 * Runs one schedule of a variant of a cell. Where nothing met the fault (no request was under way, say) it proves nothing
 * and another is drawn; that none does it is a finding.
 */
export const runCell = (cell: Cell, variant: VariantName, seed: number): CellRun => {
  for (let draw = 0; ; draw++) {
    const run = simulate(cellSchedule(cell, variant, seed, draw));
    const what = missed(run, variant);
    if (what !== null && run.findings.length === 0 && draw + 1 < drawsAtMost) continue;
    const findings: readonly Finding[] = what === null ? [] : [{ invariant: "the variant happens", what }];
    const judged = { ...run, findings: [...run.findings, ...findings] };
    return { violation: violationOf(seed, judged), numbers: numbersOf(run) };
  }
};

/** What of the variant nothing met; null where all of it really happened. */
const missed = ({ schedule: { faults }, facts }: Run, variant: VariantName): string | null => {
  // A region that acts for nothing meets its link only when it is asked for help.
  const some = variant === "all-links" || variant === "all-sites" || faults.every((fault) => isLink(fault));
  const unmet = faults.filter((fault) => !met(fault, facts));
  if (unmet.length > 0 && (!some || unmet.length === faults.length)) {
    return `nothing met ${unmet.map(({ kind }) => kind).join(" and ")}`;
  }
  const forgot = faults.some((fault) => "site" in fault && facts.of(`forgot ${fault.site}`) > 0);
  return variant === "forgetful-site" && !forgot ? "the site forgot nothing" : null;
};

const isLink = (fault: Fault): boolean => "site" in fault && "machine" in fault;

const met = (fault: Fault, facts: Facts): boolean => {
  const between = (what: string, a: string, b: string): boolean =>
    facts.of(`${what} ${a} ${b}`) + facts.of(`${what} ${b} ${a}`) > 0;
  switch (fault.kind) {
    case "crash":
      return facts.of(`killed ${fault.machine}`) > 0;
    case "disk-lost":
      return facts.of(`emptied ${fault.machine}`) > 0;
    case "freeze":
      return facts.of(`stood ${fault.machine}`) > 0;
    case "isolated":
      return between("stopped", fault.machine, "witness");
    case "cut":
      return between("stopped", fault.from, fault.to);
    case "site-lost":
      return facts.of(`away ${fault.site}`) > 0;
    case "site-slow":
      return facts.of(`slow ${fault.site}`) > 0;
    case "link-cut":
    case "link-one-way":
      return between("stopped", fault.machine, fault.site);
    case "link-narrow":
      return between("stalled", fault.machine, fault.site);
    case "link-refused":
      return facts.of(`refused ${fault.machine} ${fault.site}`) > 0;
    default:
      throw new Error(`no cell has ${fault.kind}`);
  }
};
