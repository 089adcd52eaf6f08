import type { AwsAnswer, AwsClient } from "./client.ts";

/** Starts a function without waiting for what comes of it. Tells whether Lambda took the call. */
export const invokeLater = async (
  client: AwsClient,
  { region, name, payload = {}, timeoutMs = 5_000 }: InvokeOptions,
): Promise<boolean> => {
  const answer: AwsAnswer = await client.call({
    service: "lambda",
    region,
    path: `2015-03-31/functions/${encodeURIComponent(name)}/invocations`,
    headers: { "content-type": "application/json", "x-amz-invocation-type": "Event" },
    body: JSON.stringify(payload),
    timeoutMs,
  });
  return answer.kind === "answered" && answer.status === 202;
};

export interface InvokeOptions {
  readonly region: string;
  readonly name: string;
  readonly payload?: object;
  /** Default: 5 s. */
  readonly timeoutMs?: number;
}
