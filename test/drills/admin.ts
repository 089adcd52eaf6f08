// The admin interface of the regions, as a drill uses it: on this machine by token, on aws by signature.
import { readFileSync } from "node:fs";
import * as z from "zod";
import { type AdminCall, callAdmin } from "../../src/cli/endpoints/call.ts";
import { endpointsFile, type Reachable } from "../../src/cli/endpoints/endpoint.ts";

const connector = z.object({ counts: z.record(z.string(), z.unknown()) });
const connectors = z.object({ connectors: z.array(z.looseObject({ name: z.string() })) });

export type Endpoints = z.output<typeof endpointsFile>;

export const readEndpoints = (file: string): Endpoints => endpointsFile.parse(JSON.parse(readFileSync(file, "utf8")));

/** Calls a region, as its endpoint wants to be called; null = it does not answer, or not with 2xx. */
export async function call(to: Reachable, method: AdminCall["method"], path: string): Promise<unknown> {
  try {
    const answer = await callAdmin(to, { method, path });
    return answer.kind === "answered" && answer.status >= 200 && answer.status < 300 ? JSON.parse(answer.body) : null;
  } catch {
    return null;
  }
}

/** Names of the connectors that a region has. */
export async function connectorsOf(to: Reachable): Promise<readonly string[]> {
  const parsed = connectors.safeParse(await call(to, "GET", "/admin/connectors"));
  return parsed.success ? parsed.data.connectors.map(({ name }) => name) : [];
}

/** A count of a connector in a region; null = not known. */
export async function countOf(to: Reachable, name: string, state: string): Promise<number | null> {
  const parsed = connector.safeParse(await call(to, "GET", `/admin/connectors/${name}`));
  const count = parsed.success ? parsed.data.counts[state] : null;
  return typeof count === "number" ? count : null;
}

const duty = z.looseObject({ region: z.string(), epoch: z.int().nullable(), remainingMs: z.number() });
const status = z.looseObject({ duties: z.array(duty) });

/** True when the region that is asked holds the duties of the other. */
export async function holdsDuty(to: Reachable, region: string): Promise<boolean> {
  const parsed = status.safeParse(await call(to, "GET", "/admin/status"));
  const duties = parsed.success ? parsed.data.duties : [];
  return duties.some((one) => one.region === region && one.epoch !== null && one.remainingMs > 0);
}
