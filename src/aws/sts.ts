// Credentials of a role in another account. The service answers in XML, of which four texts are wanted.
import type { AwsClient, Credentials } from "./client.ts";

export interface RoleCall {
  /** Where the service is asked: the region that the caller runs in. */
  readonly region: string;
  /** ARN. */
  readonly role: string;
  /** What the role's owner made a condition of taking it on. Default: none. */
  readonly externalId?: string;
  /** Seen in the owner's audit trail: 2 to 64 letters, digits and `+=,.@_-`. */
  readonly sessionName: string;
  readonly timeoutMs: number;
}

export type RoleAnswer =
  | { readonly kind: "assumed"; readonly credentials: Credentials /** Wall clock, ms. */; readonly expiresAtMs: number }
  /** `code`: the service's, for example `AccessDenied`. */
  | { readonly kind: "refused"; readonly status: number; readonly code: string }
  | { readonly kind: "silent"; readonly reason: string };

const version = "2011-06-15";

export const assumeRole = async (client: AwsClient, call: RoleCall): Promise<RoleAnswer> => {
  const { region, role, externalId, sessionName, timeoutMs } = call;
  const answer = await client.call({
    service: "sts",
    region,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({
      Action: "AssumeRole",
      Version: version,
      RoleArn: role,
      RoleSessionName: sessionName,
      ...(externalId !== undefined && { ExternalId: externalId }),
    }).toString(),
    timeoutMs,
  });
  if (answer.kind === "silent") return answer;
  const { status, body } = answer;
  if (status !== 200) return { kind: "refused", status, code: textIn(body, "Code") ?? "Unknown" };
  return credentialsIn(body) ?? { kind: "silent", reason: "its answer holds no credentials" };
};

const credentialsIn = (body: string): RoleAnswer | null => {
  const accessKeyId = textIn(body, "AccessKeyId");
  const secretAccessKey = textIn(body, "SecretAccessKey");
  const sessionToken = textIn(body, "SessionToken");
  const expiresAtMs = Date.parse(textIn(body, "Expiration") ?? "");
  if (accessKeyId === null || secretAccessKey === null || sessionToken === null || Number.isNaN(expiresAtMs))
    return null;
  return { kind: "assumed", credentials: { accessKeyId, secretAccessKey, sessionToken }, expiresAtMs };
};

/** What is wanted are keys in base64 and times: nothing that XML writes in another way. */
const textIn = (xml: string, element: string): string | null =>
  new RegExp(`<${element}>\\s*([^<&]+?)\\s*</${element}>`).exec(xml)?.[1] ?? null;
