// The drill's result for people.
import Table from "cli-table3";
import type { Verdict } from "./judge.ts";

const rows: readonly (readonly [keyof Verdict, string, string])[] = [
  ["given", "given", "signed GitHub payloads"],
  ["acknowledged", "acknowledged", "answered 2xx by one of our regions"],
  ["received", "received", "distinct invoices that the partner verified, took and still holds"],
  ["lost", "lost", "acknowledged, due to the partner, not there"],
  ["invented", "invented", "at the partner, given by nobody"],
  ["wireDuplicates", "duplicates on the wire", "same identity sent again; allowed after a kill or a site switch"],
  ["duplicateEffects", "duplicate effects", "invoices that stand twice"],
  ["outOfOrder", "out of order per key", "behind a later one of the same repository"],
  ["takeoverMs", "takeover", "kill until the last open invoice of the killed region was taken"],
  ["siteSwitchMs", "site switch", "stop of the partner's site until the other took an invoice"],
];

export function tableOf(verdict: Verdict): string {
  const table = new Table({ head: ["", "", "judged from what giver and taker saw"], style: { head: [], border: [] } });
  for (const [field, name, meaning] of rows) {
    table.push([name, { content: textOf(field, verdict[field]), hAlign: "right" }, meaning]);
  }
  return table.toString();
}

/** Something was lost or came from nowhere, or not everything was acknowledged: the drill failed. */
export function passed({ given, acknowledged, lost, invented }: Verdict): boolean {
  return acknowledged === given && lost === 0 && invented === 0;
}

function textOf(field: keyof Verdict, value: number | null): string {
  if (!field.endsWith("Ms")) return String(value);
  return value === null ? "never" : `${(value / 1_000).toFixed(1)} s`;
}
