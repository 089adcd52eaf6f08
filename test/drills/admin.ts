// The admin interface of the regions' processes, as a drill uses it.
import { readFileSync } from "node:fs";
import * as z from "zod";

const endpoint = z.object({ publicUrl: z.url().optional(), adminUrl: z.url(), tokenFile: z.string() });
const endpoints = z.object({ regions: z.record(z.string(), endpoint), witness: endpoint.optional() });
const connector = z.object({ counts: z.record(z.string(), z.unknown()) });
const connectors = z.object({ connectors: z.array(z.looseObject({ name: z.string() })) });

export type Endpoints = z.output<typeof endpoints>;
type Endpoint = z.output<typeof endpoint>;

/** How long a region may take to answer, in milliseconds. */
const answerMs = 5_000;

export const readEndpoints = (file: string): Endpoints => endpoints.parse(JSON.parse(readFileSync(file, "utf8")));

/** Calls a region; null = it does not answer, or not with 2xx. */
export async function call(to: Endpoint, method: string, path: string): Promise<unknown> {
  try {
    const answer = await fetch(`${to.adminUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${readFileSync(to.tokenFile, "utf8").trim()}` },
      signal: AbortSignal.timeout(answerMs),
    });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null;
  }
}

/** Names of the connectors that a region has. */
export async function connectorsOf(to: Endpoint): Promise<readonly string[]> {
  const parsed = connectors.safeParse(await call(to, "GET", "/admin/connectors"));
  return parsed.success ? parsed.data.connectors.map(({ name }) => name) : [];
}

/** A count of a connector in a region; null = not known. */
export async function countOf(to: Endpoint, name: string, state: string): Promise<number | null> {
  const parsed = connector.safeParse(await call(to, "GET", `/admin/connectors/${name}`));
  const count = parsed.success ? parsed.data.counts[state] : null;
  return typeof count === "number" ? count : null;
}

const duty = z.looseObject({ region: z.string(), epoch: z.int().nullable(), remainingMs: z.number() });
const status = z.looseObject({ duties: z.array(duty) });

/** True when the region that is asked holds the duties of the other. */
export async function holdsDuty(to: Endpoint, region: string): Promise<boolean> {
  const parsed = status.safeParse(await call(to, "GET", "/admin/status"));
  const duties = parsed.success ? parsed.data.duties : [];
  return duties.some((one) => one.region === region && one.epoch !== null && one.remainingMs > 0);
}
