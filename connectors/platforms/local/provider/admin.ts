// The admin interface of a gateway process, as the provider uses it.
import { readFile } from "node:fs/promises";
import * as z from "zod";
import type { Endpoint } from "../plan.ts";

const Info = z.object({ pid: z.int(), processId: z.string() });
export type Info = z.infer<typeof Info>;
/** Entries of a connector by state. */
export const Counts = z.object({ counts: z.record(z.string(), z.unknown()).default({}) });
const Connector = Counts.extend({ digest: z.string() });

/** How long a process may take to answer its admin interface. */
const ANSWER_MS = 5_000;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Calls the admin interface. null: nobody answers. */
export async function call(
  { adminUrl, tokenFile }: Pick<Endpoint, "adminUrl" | "tokenFile">,
  method: string,
  path: string,
  body?: unknown,
  timeoutMs = ANSWER_MS,
): Promise<Answer | null> {
  const token = (await readFile(tokenFile, "utf8").catch(() => "")).trim();
  try {
    const response = await fetch(`${adminUrl}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: parsed(await response.text()) };
  } catch {
    return null;
  }
}

/** Who answers there. null: nobody, or not a gateway that takes our token. */
export async function info(endpoint: Pick<Endpoint, "adminUrl" | "tokenFile">): Promise<Info | null> {
  const answer = await call(endpoint, "GET", "/admin/info", undefined, 2_000);
  return answer?.status === 200 ? (Info.safeParse(answer.body).data ?? null) : null;
}

export const connectorOf = (body: unknown): z.infer<typeof Connector> => Connector.parse(body);
export const countsOf = (body: unknown): z.infer<typeof Counts>["counts"] => Counts.safeParse(body).data?.counts ?? {};

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
