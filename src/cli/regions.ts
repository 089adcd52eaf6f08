import type * as z from "zod";
import { type AdminCall, callAdmin } from "./endpoints/call.ts";
import type { Endpoint, Endpoints, Reachable } from "./endpoints/endpoint.ts";
import { UsageError } from "./exit.ts";

export type Answer<T> = { readonly kind: "answer"; readonly body: T } | Silent;
export interface Silent {
  readonly kind: "silent";
  readonly why: string;
}
/** What each region said, in the order of the endpoints. */
export type Answers<T> = ReadonlyMap<string, Answer<T>>;

/** Asks all regions at once. */
export const askAll = async <S extends z.ZodType>(
  { regions }: Endpoints,
  path: string,
  schema: S,
  method: "GET" | "POST" = "GET",
): Promise<Answers<z.output<S>>> =>
  new Map(
    await Promise.all(
      Object.entries(regions).map(
        async ([name, endpoint]) => [name, await ask(endpoint, path, schema, method)] as const,
      ),
    ),
  );

/** Asks one process. @throws UsageError where the person has nothing to prove themselves with */
export const ask = async <S extends z.ZodType>(
  endpoint: Endpoint,
  path: string,
  schema: S,
  method: "GET" | "POST" = "GET",
  body?: unknown,
): Promise<Answer<z.output<S>>> => {
  if ("unknown" in endpoint) return { kind: "silent", why: endpoint.unknown };
  const call = { method, path, ...(body !== undefined && { body: JSON.stringify(body) }) };
  try {
    const answer = await callAdmin(endpoint, call);
    if (answer.kind === "silent") return { kind: "silent", why: answer.reason };
    if (answer.status === 403) return { kind: "silent", why: refusalOf(endpoint, call, answer.body) };
    if (answer.status < 200 || answer.status > 299) {
      return { kind: "silent", why: `answers ${answer.status}: ${excerpt(answer.body)}` };
    }
    return { kind: "answer", body: schema.parse(JSON.parse(answer.body)) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    return { kind: "silent", why: error instanceof Error ? error.message : String(error) };
  }
};

/** To read and to operate are two roles. */
const refusalOf = (endpoint: Reachable, { method }: AdminCall, body: string): string => {
  const [does, role] = method === "GET" ? (["reading", "read"] as const) : (["a change", "operate"] as const);
  const arn = "iam" in endpoint ? endpoint.iam.roles?.[role] : undefined;
  return `answers 403: ${does} needs the role '${role}'${arn === undefined ? "" : ` (${arn})`}; it says: ${excerpt(body)}`;
};

const excerpt = (body: string): string => body.slice(0, 300);

export const answered = <T>(answers: Answers<T>): readonly (readonly [string, T])[] =>
  [...answers].flatMap(([name, answer]) => (answer.kind === "answer" ? [[name, answer.body] as const] : []));

export const silent = (answers: Answers<unknown>): Readonly<Record<string, string>> =>
  Object.fromEntries([...answers].flatMap(([name, answer]) => (answer.kind === "silent" ? [[name, answer.why]] : [])));
