import { didYouMean } from "../../define/nearest.ts";
import { type Cell, cells, disruptions, locations, roles, topologies } from "../../matrix/cells.ts";
import { explainCell } from "../../matrix/explain/explain.ts";
import type { Perspective } from "../../matrix/explain/model.ts";
import { textOf } from "../../matrix/explain/print.ts";
import type { Endpoints } from "../endpoints/endpoint.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { nowOf } from "../now/now.ts";
import { textOf as textOfNow } from "../now/text.ts";
import { clockTime, type Output } from "../output.ts";
import { silentLines } from "./entries.ts";
import { hear } from "./status.ts";

const dimensions = [
  ["role", roles],
  ["location", locations],
  ["their topology", topologies],
  ["our topology", topologies],
  ["disruption", disruptions],
] as const;

/**
 * What happens in a cell of the matrix.
 *
 * @param values role, location, their topology, ours, disruption; or the cell's id alone
 * @throws UsageError naming the value that is none
 */
export const explain = async (
  values: readonly string[],
  perspective: Perspective,
): Promise<Output & { readonly code: ExitCode }> => {
  const explanation = explainCell(cellOf(values), perspective);
  return { json: explanation, text: textOf(explanation), code: exit.well };
};

/** What a running connector does now, why, and what happens next. @throws UsageError where no region has it */
export const explainNow = async (
  endpoints: Endpoints,
  connector: string,
): Promise<Output & { readonly code: ExitCode }> => {
  const heard = await hear(endpoints);
  const now = nowOf(connector, heard);
  const [first] = heard.statuses.flatMap(([, of]) => (of.connectors[connector] === undefined ? [] : [of]));
  const known = heard.statuses.flatMap(([, { connectors }]) => Object.keys(connectors));
  if (now === null || first === undefined) {
    if (heard.statuses.length > 0)
      throw new UsageError(`no region has a connector '${connector}'.${didYouMean(connector, known)}`);
    return { json: { silent: heard.silent }, text: silentLines(heard.silent).join("\n"), code: exit.silent };
  }
  const { role, partner } = first.connectors[connector] ?? {};
  const head = `${connector}: ${role}, partner ${partner}, ${first.environment} ${first.mode}, ${clockTime(first.wallMs)}`;
  return { json: now, text: textOfNow(head, now), code: now.code };
};

const cellOf = (values: readonly string[]): Cell => {
  const [first = ""] = values;
  const parts = values.length === 1 ? first.split(".") : values;
  dimensions.forEach(([name, known], at) => {
    const given = parts[at];
    if (given === undefined) throw new UsageError(`${name}: say which: ${known.join(", ")}`);
    if (!known.some((value) => value === given)) {
      const running =
        values.length === 1 && parts.length === 1 ? ` Of a running connector: explain ${given} --now.` : "";
      throw new UsageError(
        `${name}: '${given}' is none of ${known.join(", ")}.${didYouMean(given, [...known])}${running}`,
      );
    }
  });
  const cell = cells.find(({ id }) => id === parts.join("."));
  if (cell === undefined) throw new UsageError(`no cell '${parts.join(".")}': five values name one`);
  return cell;
};
