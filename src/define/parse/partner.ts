// A partner as zod schemas, and as the gateway reads it: sites complete, topology stated, defaults applied.
import * as z from "zod";
import { partnerDefaults } from "../policy.ts";
import type { PartnerSpec, RateSpec, SiteSpec, TopologySpec } from "../spec.ts";
import { auth } from "./auth.ts";
import { duration, maybe, strict, text } from "./values.ts";

const rate = strict({
  limit: z.number().positive(),
  per: duration,
  burst: maybe(z.number().min(1)),
  concurrency: maybe(z.int().min(1)),
});
const siteShape = {
  url: maybe(text),
  region: maybe(text),
  auth: maybe(auth),
  privateService: maybe(
    z.string().regex(/^com\.amazonaws\.vpce\.[a-z0-9-]+\.vpce-svc-[0-9a-f]{8,32}$/, {
      error: "must be the name of an endpoint service, such as com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
    }),
  ),
  maintenance: maybe(z.array(strict({ cron: text, timezone: text, duration }))),
};
const topology = z.discriminatedUnion(
  "mode",
  [
    strict({ mode: z.literal("active-active"), recoveryPoint: duration }),
    strict({
      mode: z.literal("primary-secondary"),
      primary: text,
      secondary: text,
      failoverAfter: maybe(z.union([z.literal("never"), duration])),
      failback: z.union([z.literal("manual"), strict({ stableFor: duration })], {
        error: 'must be "manual" or { stableFor: "<length of time>" }',
      }),
      recoveryPoint: duration,
    }),
  ],
  { error: 'must have the mode "active-active" or "primary-secondary"' },
);
export const partner = strict({
  ...siteShape,
  name: z.string().regex(/^[a-z][a-z0-9-]*$/, { error: "must be lower-case letters, digits and '-'" }),
  location: z.enum(["internet", "same-cloud", "azure", "google-cloud", "on-prem"]),
  sites: maybe(z.record(text, strict(siteShape))),
  topology: maybe(topology),
  rate: maybe(rate),
  tenants: maybe(strict({ max: z.int().min(1), rate: maybe(rate) })),
  fixedSource: maybe(z.boolean()),
});
export type PartnerFields = z.output<typeof partner>;

/** The partner as the gateway reads it. */
export const partnerSpec = (fields: PartnerFields): PartnerSpec => {
  const sites = sitesOf(fields);
  return {
    name: fields.name,
    location: fields.location,
    sites,
    topology: topologySpec(fields, Object.keys(sites)),
    ...(fields.rate && { rate: rateSpec(fields.rate) }),
    ...(fields.tenants && { tenants: tenantsSpec(fields.tenants) }),
    fixedSource: fields.fixedSource ?? false,
  };
};

/** What stands at the partner's top level holds for every site that does not say otherwise. */
const sitesOf = (fields: PartnerFields): Readonly<Record<string, SiteSpec>> => {
  const { url, region, auth, privateService, maintenance = [] } = fields;
  const shared = {
    ...(url !== undefined && { url }),
    ...(region !== undefined && { region }),
    ...(auth && { auth }),
    ...(privateService !== undefined && { privateService }),
    maintenance,
  };
  const stated = Object.entries(fields.sites ?? { [partnerDefaults.site]: {} });
  return Object.fromEntries(stated.map(([name, own]) => [name, siteSpec({ ...shared, ...own })]));
};
const siteSpec = ({ maintenance = [], ...site }: z.output<z.ZodObject<typeof siteShape>>): SiteSpec => ({
  ...site,
  maintenance: maintenance.map(({ cron, timezone, duration }) => ({ cron, timezone, durationMs: duration })),
});

const topologySpec = ({ topology }: PartnerFields, sites: readonly string[]): TopologySpec => {
  if (topology?.mode === "active-active") return { mode: topology.mode, recoveryPointMs: topology.recoveryPoint };
  if (topology === undefined) return { ...oneSite, primary: sites[0] ?? partnerDefaults.site };
  const { primary, secondary, failoverAfter = partnerDefaults.failoverAfterMs, failback, recoveryPoint } = topology;
  return {
    mode: topology.mode,
    primary,
    secondary,
    failoverAfterMs: failoverAfter === "never" ? null : failoverAfter,
    failback: failback === "manual" ? { kind: "manual" } : { kind: "stable", forMs: failback.stableFor },
    recoveryPointMs: recoveryPoint,
  };
};
const oneSite = {
  mode: "primary-secondary",
  secondary: null,
  failoverAfterMs: null,
  failback: { kind: "manual" },
  recoveryPointMs: 0,
} as const;

const rateSpec = ({ limit, per, burst, concurrency }: z.output<typeof rate>): RateSpec => ({
  limit,
  perMs: per,
  burst: burst ?? Math.max(1, limit),
  concurrency: concurrency ?? null,
});
const tenantsSpec = ({ max, rate }: NonNullable<PartnerFields["tenants"]>) => ({
  max,
  ...(rate && { rate: rateSpec(rate) }),
});
