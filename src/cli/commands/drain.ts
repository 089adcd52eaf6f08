import { setTimeout as delay } from "node:timers/promises";
import type { Endpoints } from "../endpoints/endpoint.ts";
import { type ExitCode, exit, UsageError } from "../exit.ts";
import { counted } from "../messages.ts";
import { number, type Output } from "../output.ts";
import { answered, askAll, silent } from "../regions.ts";
import { silentLines } from "./entries.ts";

const lookMs = 500;

/**
 * Tells every region to accept nothing more for the connector, and waits until nothing is pending.
 *
 * @param timeoutMs how long to wait; 0: not at all
 */
export const drain = async (
  endpoints: Endpoints,
  connector: string,
  timeoutMs: number,
): Promise<Output & { readonly code: ExitCode }> => {
  const path = `/admin/connectors/${encodeURIComponent(connector)}`;
  const told = await askAll(endpoints, `${path}/drain`, counted, "POST");
  const unheard = silent(told);
  if (answered(told).length === 0) {
    throw new UsageError(`no region drains '${connector}':\n${silentLines(unheard).join("\n")}`);
  }
  let held = await heldIn(endpoints, path);
  for (const end = performance.now() + timeoutMs; held > 0 && performance.now() < end; ) {
    await delay(lookMs);
    held = await heldIn(endpoints, path);
  }
  const state = held === 0 ? "is empty" : `still holds ${number(held)} pending`;
  const code = Object.keys(unheard).length > 0 ? exit.silent : held === 0 ? exit.well : exit.degraded;
  const text = [...silentLines(unheard), `${connector} accepts nothing more until it is deployed again, and ${state}`];
  return { json: { connector, pending: held, silent: unheard }, text: text.join("\n"), code };
};

/** Pending as the region sees it that knows of most. */
const heldIn = async (endpoints: Endpoints, path: string): Promise<number> => {
  const counts = answered(await askAll(endpoints, path, counted)).map(([, body]) => body.counts.pending ?? 0);
  return Math.max(0, ...counts);
};
