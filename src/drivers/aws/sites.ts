/** A partner's queues and buses as sites that are called: the service's endpoint in the region that their ARN names. */
import { type Arn, arnOf } from "../../define/arn.ts";
import type { CommonSpec, SiteSpec } from "../../define/spec.ts";
import { ownRoleAuthenticator } from "../http/auth/sigv4.ts";
import { type Site, sitesOf } from "../http/site/site.ts";
import type { AwsAccess, DriverContext, NetworkOptions } from "../port.ts";
import { Unsupported } from "../unsupported.ts";

export interface AwsSite {
  readonly site: Site;
  readonly arn: Arn;
  /** Of the service, with a slash at its end. */
  readonly url: string;
}

/** The partner's role that ours takes on; null: ours is allowed itself. */
export type TakenRole = { readonly role: string; readonly externalId: string | null } | null;

/**
 * One for each of `arns`, by site. @throws Unsupported where the platform gives us no role at AWS, or an ARN names no
 * region
 */
export const awsSites = (
  arns: Readonly<Record<string, string>>,
  role: TakenRole,
  spec: CommonSpec,
  context: DriverContext,
): ReadonlyMap<string, AwsSite> => {
  const { aws, clock } = context;
  if (aws === undefined) throw new Unsupported("via", "needs a platform that gives us a role at AWS: aws");
  const targets = Object.entries(arns).map(([name, text]) => ({ name, ...targetOf(text, aws) }));
  const sites = Object.fromEntries(targets.map(({ name, arn, url }) => [name, siteSpecOf(arn, url, role)]));
  const network = allowing(
    context.network,
    targets.map(({ url }) => url),
  );
  const made = sitesOf({ ...spec, partner: { ...spec.partner, sites } }, { ...context, network });
  return new Map(
    targets.flatMap(({ name, arn, url }): [string, AwsSite][] => {
      const site = made.get(name);
      if (site === undefined) return [];
      const target = { url, service: arn.service, region: arn.region };
      const authenticator = role === null ? ownRoleAuthenticator(target, aws, clock) : site.authenticator;
      return [[name, { site: { ...site, authenticator }, arn, url }]];
    }),
  );
};

const targetOf = (text: string, { client }: AwsAccess): { readonly arn: Arn; readonly url: string } => {
  const arn = arnOf(text);
  if (arn === null) throw new Unsupported("via", `'${text}' is not the ARN of a queue or bus`);
  return { arn, url: client.endpoint(arn.service, arn.region) };
};

const siteSpecOf = ({ service, region }: Arn, url: string, taken: TakenRole): SiteSpec => ({
  url,
  region,
  ...(taken !== null && {
    auth: {
      kind: "sigv4",
      role: taken.role,
      ...(taken.externalId !== null && { externalId: taken.externalId }),
      service,
    },
  }),
  maintenance: [],
});

/** An endpoint that stands in for the services of a region is ours to name: no partner's address can be one. */
const allowing = (network: NetworkOptions, urls: readonly string[]): NetworkOptions => {
  const standIns = urls.map((url) => new URL(url)).filter(({ hostname }) => hostname === "127.0.0.1");
  return { ...network, loopback: [...network.loopback, ...standIns.map(({ host }) => host)] };
};
