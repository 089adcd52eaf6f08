/** Requests signed as AWS does it, by a role of the partner's that ours may take on. */
import { hash } from "node:crypto";
import { AwsV4Signer } from "aws4fetch";
import type { Credentials } from "../../../aws/client.ts";
import { assumeRole } from "../../../aws/sts.ts";
import type { Clock, Done } from "../../../core/ports.ts";
import { awsHost } from "../../../define/aws-host.ts";
import type { AuthSpec, SiteSpec } from "../../../define/spec.ts";
import type { AwsAccess } from "../../port.ts";
import { Unsupported } from "../../unsupported.ts";
import type { Composed } from "../site/composition.ts";
import { type AuthContext, type Authenticator, unproved } from "./proving.ts";
import { type Fetched, Renewed } from "./renewed.ts";

export type SignatureV4Spec = Extract<AuthSpec, { readonly kind: "sigv4" }>;

/** Longest time that taking the role on may last, in milliseconds. */
const fetchTimeoutMs = 5_000;
/** Of an address that does not say it: what stands behind a name of the partner's own. */
const usualService = "execute-api";

interface Scope {
  readonly service: string;
  readonly region: string;
}
interface Target extends Scope {
  readonly url: string;
}

/** @throws Unsupported where there is no role of ours, or nothing names the region */
export const roleAuthenticator = (
  spec: SignatureV4Spec,
  site: SiteSpec,
  context: AuthContext,
  field: string,
): Authenticator => {
  const { aws, clock } = context;
  if (aws === undefined) throw new Unsupported(field, "sigv4 needs a platform that gives us a role at AWS: aws");
  const roles = new Renewed(() => takeOn(spec, aws), clock);
  return signer({ ...scopeOf(spec, site, field), url: site.url ?? "" }, clock, (done) => roles.get(done));
};

/** Signed as who we are ourselves: where their side allows our own role. */
export const ownRoleAuthenticator = (target: Target, { client }: AwsAccess, clock: Clock): Authenticator =>
  signer(target, clock, (done) => {
    client.credentials().then(
      (value) => done({ kind: "held", value, expiresAtMs: Number.POSITIVE_INFINITY }),
      () => done({ kind: "none", reason: "there are no credentials of ours" }),
    );
  });

const signer = (
  target: Target,
  clock: Clock,
  credentials: (done: Done<Fetched<Credentials>>) => void,
): Authenticator => ({
  prove: (request, done) =>
    credentials((fetched) => {
      if (fetched.kind === "none") return done(unproved(fetched.reason));
      sign(request, { ...target, credentials: fetched.value, nowMs: clock.wallMs() }).then(
        (path) => done({ kind: "proved", path }),
        () => done(unproved("the request cannot be signed")),
      );
    }),
  refused: () => false,
});

const scopeOf = ({ service }: SignatureV4Spec, { url = "", region }: SiteSpec, field: string): Scope => {
  const said = awsHost(url);
  const signed = region ?? said?.region;
  if (signed === undefined) throw new Unsupported(field, "sigv4 signs for a region: give the site its `region`");
  return { service: service ?? said?.service ?? usualService, region: signed };
};

const takeOn = async ({ role, externalId }: SignatureV4Spec, aws: AwsAccess): Promise<Fetched<Credentials>> => {
  const answer = await assumeRole(aws.client, {
    region: aws.region,
    role,
    ...(externalId !== undefined && { externalId }),
    sessionName: "isthmus",
    timeoutMs: fetchTimeoutMs,
  });
  if (answer.kind === "assumed") return { kind: "held", value: answer.credentials, expiresAtMs: answer.expiresAtMs };
  const why = answer.kind === "refused" ? `${answer.status} ${answer.code}` : answer.reason;
  return { kind: "none", reason: `the role ${role} cannot be taken on: ${why}` };
};

interface Signing extends Target {
  readonly credentials: Credentials;
  readonly nowMs: number;
}

/** Signs what will be written, byte for byte. @returns the target as it was signed */
const sign = async (request: Composed, { url, credentials, service, region, nowMs }: Signing): Promise<string> => {
  const { method, fields, body } = request;
  const target = new URL(request.path, url);
  // A "+" is a space for some and a "+" for others; what is signed is one of them.
  target.search = target.search.replaceAll("+", "%20");
  // Of this service alone the hash would be left out.
  if (service === "s3") fields.set("x-amz-content-sha256", hash("sha256", body ?? "", "hex"));
  const { headers } = await new AwsV4Signer({
    method,
    url: target.href,
    headers: Object.fromEntries(fields.entries()),
    ...(body !== null && { body: typeof body === "string" ? body : new Uint8Array(body) }),
    ...credentials,
    service,
    region,
    datetime: new Date(nowMs).toISOString().replace(/[:-]|\.\d{3}/g, ""),
  }).sign();
  for (const name of ["authorization", "x-amz-date", "x-amz-security-token"]) {
    const value = headers.get(name);
    if (value !== null) fields.set(name, value);
  }
  return `${target.pathname}${target.search}`;
};
