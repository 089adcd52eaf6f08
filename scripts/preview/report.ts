// The result for people.
import Table from "cli-table3";
import type { Row, Times } from "./drill.ts";

export function tableOf(rows: readonly Row[], { takeoverMs, returnMs }: Times): string {
  const head = ["flow", "acknowledged", "taken", "lost", "invented", "twice", "twice by the lapse", ""];
  const table = new Table({ head, style: { head: [], border: [], compact: true } });
  for (const { flow, verdict, problems } of rows) {
    const { acknowledged, taken, lost, invented, twice, twiceByLapse } = verdict;
    const counts = [lost, invented, twice, twiceByLapse].map(({ length }) => length);
    table.push([flow, acknowledged, taken, ...counts, problems.length === 0 ? "well" : "BROKEN"]);
  }
  const told = (what: string, ms: number | null): string => `${what}: ${ms === null ? "not seen" : seconds(ms)}`;
  return [table.toString(), told("takeover", takeoverMs), told("acts again", returnMs)].join("\n");
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
