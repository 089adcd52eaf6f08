import type { Endpoints } from "../endpoints/endpoint.ts";
import { type ExitCode, UsageError } from "../exit.ts";
import { info, regionStatus } from "../messages.ts";
import type { Output } from "../output.ts";
import { answered, ask, askAll, silent } from "../regions.ts";
import { type Heard, reportOf } from "../status/report.ts";
import { textOf } from "../status/text.ts";

/** Us, them or the link? Is anything lost? When is it full? @param only one connector */
export const status = async (endpoints: Endpoints, only?: string): Promise<Output & { readonly code: ExitCode }> => {
  const heard = await hear(endpoints);
  const statuses = heard.statuses.map(([name, of]) => [name, only === undefined ? of : narrowed(of, only)] as const);
  if (only !== undefined && statuses.length > 0 && statuses.every(([, of]) => of.connectors[only] === undefined)) {
    throw new UsageError(`no region has a connector '${only}'`);
  }
  const report = reportOf({ ...heard, statuses });
  const [first] = statuses;
  const text = textOf(report, first?.[1].environment ?? "", first?.[1].mode ?? "", Date.now());
  return { json: report, text, code: report.code };
};

/** What all regions say of themselves. */
export const hear = async (endpoints: Endpoints): Promise<Heard> => {
  const [answers, witness] = await Promise.all([
    askAll(endpoints, "/admin/status", regionStatus),
    endpoints.witness === undefined ? null : ask(endpoints.witness, "/admin/info", info),
  ]);
  const witnessState = witness === null ? null : witness.kind === "answer" ? "ok" : "silent";
  return { statuses: answered(answers), silent: silent(answers), witness: witnessState };
};

const narrowed = <T extends { readonly connectors: Readonly<Record<string, unknown>> }>(of: T, only: string): T => ({
  ...of,
  connectors: Object.fromEntries(Object.entries(of.connectors).filter(([name]) => name === only)),
});
