// Secrets Manager: the values of a secret that are good now.
import type { AwsClient } from "./client.ts";
import { callJson, isBusy, type JsonAnswer } from "./json.ts";

/** A value that was replaced stays good for this long, so that both sides need not change in one moment. Milliseconds. */
export const overlapMs = 24 * 3_600_000;
const timeoutMs = 1_500;

export type SecretRead =
  /** The current one first; then the one before it, and the one that is to be the next. Empty: there is no such secret. */
  | { readonly kind: "read"; readonly values: readonly string[] }
  /** No answer, or no leave to read: nothing is known. */
  | { readonly kind: "failed"; readonly reason: string };

interface Version {
  readonly value: string;
  /** Wall clock, ms. */
  readonly createdAt: number;
}

/** @param wallMs the wall clock, in milliseconds */
export const readSecret = async (
  client: AwsClient,
  region: string,
  name: string,
  wallMs: number,
): Promise<SecretRead> => {
  const stage = (VersionStage: string): Promise<JsonAnswer> =>
    callJson(client, {
      service: "secretsmanager",
      region,
      version: "1.1",
      target: "secretsmanager.GetSecretValue",
      input: { SecretId: name, VersionStage },
      timeoutMs,
      attempts: 2,
    });
  const answers = await Promise.all(["AWSCURRENT", "AWSPREVIOUS", "AWSPENDING"].map(stage));
  const failed = answers.find((answer) => answer.kind === "silent" || (answer.kind === "refused" && !isAbsent(answer)));
  if (failed !== undefined)
    return { kind: "failed", reason: failed.kind === "silent" ? failed.reason : codeOf(failed) };
  const [current = null, previous = null, pending = null] = answers.map(versionOf);
  if (current === null) return { kind: "read", values: [] };
  const overlaps = wallMs - current.createdAt < overlapMs;
  const good = [current, ...(overlaps && previous !== null ? [previous] : []), ...(pending === null ? [] : [pending])];
  return { kind: "read", values: [...new Set(good.map(({ value }) => value))] };
};

const isAbsent = (answer: JsonAnswer & { readonly kind: "refused" }): boolean =>
  !isBusy(answer) && answer.code === "ResourceNotFoundException";

const codeOf = (answer: JsonAnswer): string => (answer.kind === "refused" ? answer.code : "");

const versionOf = (answer: JsonAnswer): Version | null => {
  if (answer.kind !== "done") return null;
  const { SecretString, CreatedDate } = { ...Object(answer.output) };
  if (typeof SecretString !== "string") return null;
  return { value: SecretString, createdAt: typeof CreatedDate === "number" ? CreatedDate * 1_000 : 0 };
};
