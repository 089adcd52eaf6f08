import type { AwsAnswer, AwsClient } from "./client.ts";

/**
 * `taken`: Lambda starts the function. `busy`: it asks for fewer calls, fails, or did not answer, so that the function may be
 * started all the same. `refused`: it will not.
 */
export type Invoked = "taken" | "busy" | "refused";

/** Starts a function without waiting for what comes of it. */
export const invokeLater = async (
  client: AwsClient,
  { region, name, payload = {}, timeoutMs = 5_000 }: InvokeOptions,
): Promise<Invoked> => {
  const answer: AwsAnswer = await client.call({
    service: "lambda",
    region,
    path: `2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
    headers: { "content-type": "application/json", "x-amz-invocation-type": "Event" },
    body: JSON.stringify(payload),
    timeoutMs,
  });
  if (answer.kind === "silent" || answer.status === 429 || answer.status >= 500) return "busy";
  return answer.status === 202 ? "taken" : "refused";
};

export interface InvokeOptions {
  readonly region: string;
  readonly name: string;
  readonly payload?: object;
  /** Default: 5 s. */
  readonly timeoutMs?: number;
}
