// Calls to the admin interface of a region, with the proof that its endpoint asks for. Drills use it as the commands do.
import { readFileSync } from "node:fs";
import { AwsClient, type Credentials } from "../../aws/client.ts";
import { Endpoints as AwsEndpoints } from "../../aws/endpoints.ts";
import { UsageError } from "../exit.ts";
import type { Reachable } from "./endpoint.ts";

export interface AdminCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** For example `/admin/status`. */
  readonly path: string;
  /** JSON text. */
  readonly body?: string;
}

export type AdminAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly body: string }
  | { readonly kind: "silent"; readonly reason: string };

/** How long a process, and how long a function that may have to start first, may take to answer. Milliseconds. */
const answerMs = { process: 5_000, function: 15_000 };

/** @throws UsageError where a signature is asked for and the person has no credentials */
export const callAdmin = (endpoint: Reachable, call: AdminCall): Promise<AdminAnswer> =>
  "iam" in endpoint ? bySignature(endpoint, call) : byToken(endpoint, call);

type Signing = Extract<Reachable, { readonly iam: unknown }>;
type Showing = Exclude<Reachable, Signing>;

const byToken = async ({ adminUrl, tokenFile }: Showing, { method, path, body }: AdminCall): Promise<AdminAnswer> => {
  try {
    const response = await fetch(`${adminUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${readFileSync(tokenFile, "utf8").trim()}`,
        "content-type": "application/json",
      },
      redirect: "error",
      signal: AbortSignal.timeout(answerMs.process),
      ...(body !== undefined && { body }),
    });
    return { kind: "answered", status: response.status, body: await response.text() };
  } catch (error) {
    return { kind: "silent", reason: reasonOf(error) };
  }
};

const bySignature = async (
  { adminUrl, iam: { service, region } }: Signing,
  { method, path, body }: AdminCall,
): Promise<AdminAnswer> => {
  const credentials = await ownCredentials();
  return new AwsClient(() => credentials, new AwsEndpoints()).call({
    service,
    region,
    url: `${adminUrl.replace(/\/+$/, "")}${path}`,
    method,
    ...(body !== undefined && { body, headers: { "content-type": "application/json" } }),
    timeoutMs: answerMs.function,
  });
};

/** By the usual chain: variables, profile, single sign-on, role of the machine. Kept by the chain until they end. */
const ownCredentials = async (): Promise<Credentials> => {
  chain ??= import("@aws-sdk/credential-provider-node").then(({ defaultProvider }) => defaultProvider());
  try {
    const { accessKeyId, secretAccessKey, sessionToken } = await (await chain)();
    return { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UsageError(`no credentials of AWS (${why}): set AWS_PROFILE, or sign in with 'aws sso login'`);
  }
};
let chain: Promise<() => Promise<Credentials>> | null = null;

const reasonOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "ENOENT") return "it is not deployed: its admin token is not there";
  const { cause } = error;
  return cause instanceof Error && cause.message !== "" ? cause.message : error.message;
};
