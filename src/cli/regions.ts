import { readFileSync } from "node:fs";
import type * as z from "zod";
import type { Endpoint, Endpoints } from "./endpoints.ts";

/** How long a region may take to answer. Milliseconds. */
const answerMs = 5_000;

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

/** Asks one process. */
export const ask = async <S extends z.ZodType>(
  endpoint: Endpoint,
  path: string,
  schema: S,
  method: "GET" | "POST" = "GET",
  body?: unknown,
): Promise<Answer<z.output<S>>> => {
  try {
    const response = await fetch(`${endpoint.adminUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${readFileSync(endpoint.tokenFile, "utf8").trim()}`,
        "content-type": "application/json",
      },
      signal: AbortSignal.timeout(answerMs),
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) return { kind: "silent", why: `answers ${response.status}: ${text.slice(0, 300)}` };
    return { kind: "answer", body: schema.parse(JSON.parse(text)) };
  } catch (error) {
    return { kind: "silent", why: reasonOf(error) };
  }
};

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "it is not deployed: its admin token is not there";
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
};

export const answered = <T>(answers: Answers<T>): readonly (readonly [string, T])[] =>
  [...answers].flatMap(([name, answer]) => (answer.kind === "answer" ? [[name, answer.body] as const] : []));

export const silent = (answers: Answers<unknown>): Readonly<Record<string, string>> =>
  Object.fromEntries([...answers].flatMap(([name, answer]) => (answer.kind === "silent" ? [[name, answer.why]] : [])));
