// The name that partners call: its certificates in every region, and a region's part of it.
import { Certificate } from "@pulumi/aws/acm/certificate.js";
import { CertificateValidation } from "@pulumi/aws/acm/certificateValidation.js";
import type { Api } from "@pulumi/aws/apigatewayv2/api.js";
import { ApiMapping } from "@pulumi/aws/apigatewayv2/apiMapping.js";
import { DomainName } from "@pulumi/aws/apigatewayv2/domainName.js";
import type { Stage } from "@pulumi/aws/apigatewayv2/stage.js";
import { HealthCheck } from "@pulumi/aws/route53/healthCheck.js";
import { Record as DnsRecord } from "@pulumi/aws/route53/record.js";
import * as pulumi from "@pulumi/pulumi";
import { type DomainPlan, routingOf } from "./domain-plan.ts";
import type { Surroundings } from "./function.ts";
import type { AwsGatewayPlan } from "./gateway-plan.ts";

/** Seconds between two looks of each checker of Route 53, and looks that must fail: a region is out after half a minute. */
const LOOK_EVERY_SECONDS = 10;
const LOOKS_THAT_FAIL = 3;
const PROOF_TTL_SECONDS = 300;

/**
 * A certificate in each region. ACM asks for the same record everywhere, so that it is made once, for all of them.
 * @returns ARNs by region, of certificates that were proved
 */
export function makeCertificates(
  parent: pulumi.Resource,
  name: string,
  { name: domainName, zone }: DomainPlan,
  regions: readonly string[],
): Readonly<Record<string, pulumi.Output<string>>> {
  const certificates = regions.map((region) => {
    const certificate = new Certificate(
      `${name}-certificate-${region}`,
      { region, domainName, validationMethod: "DNS" },
      { parent },
    );
    return [region, certificate] as const;
  });
  const asked = certificates[0]?.[1].domainValidationOptions;
  const said = (key: "resourceRecordName" | "resourceRecordType" | "resourceRecordValue"): pulumi.Output<string> =>
    pulumi.output(asked).apply((all) => all?.[0]?.[key] ?? "");
  const proof = new DnsRecord(
    `${name}-certificate-proof`,
    {
      zoneId: zone,
      name: said("resourceRecordName"),
      type: said("resourceRecordType"),
      records: [said("resourceRecordValue")],
      ttl: PROOF_TTL_SECONDS,
    },
    { parent },
  );
  return Object.fromEntries(
    certificates.map(([region, { arn: certificateArn }]) => {
      const proved = new CertificateValidation(
        `${name}-certificate-${region}-proved`,
        { region, certificateArn, validationRecordFqdns: [proof.fqdn] },
        { parent },
      );
      return [region, proved.certificateArn];
    }),
  );
}

/** The region's API under the name, and the answer of DNS that leads to it while the region can accept. */
export function makeDomain(
  { parent, name, region }: Surroundings,
  { topology, regions }: AwsGatewayPlan,
  { name: domainName, zone }: DomainPlan,
  {
    api,
    stage,
    certificateArn,
  }: { readonly api: Api; readonly stage: Stage; readonly certificateArn: pulumi.Input<string> },
): pulumi.Output<string> {
  const domain = new DomainName(
    `${name}-domain`,
    {
      region,
      domainName,
      domainNameConfiguration: { certificateArn, endpointType: "REGIONAL", securityPolicy: "TLS_1_2" },
    },
    { parent },
  );
  new ApiMapping(`${name}-domain-api`, { region, apiId: api.id, domainName: domain.id, stage: stage.name }, { parent });
  // Asked at the region's own address: the name leads elsewhere once this region is out.
  const health = new HealthCheck(
    `${name}-domain-health`,
    {
      type: "HTTPS",
      fqdn: api.apiEndpoint.apply((url) => new URL(url).hostname),
      port: 443,
      resourcePath: "/health/accept",
      requestInterval: LOOK_EVERY_SECONDS,
      failureThreshold: LOOKS_THAT_FAIL,
      enableSni: true,
    },
    { parent },
  );
  const { domainNameConfiguration: at } = domain;
  new DnsRecord(
    `${name}-domain-record`,
    {
      zoneId: zone,
      name: domainName,
      type: "A",
      setIdentifier: region,
      healthCheckId: health.id,
      aliases: [{ name: at.targetDomainName, zoneId: at.hostedZoneId, evaluateTargetHealth: false }],
      ...routingOf(topology, regions, region),
    },
    { parent },
  );
  return pulumi.interpolate`https://${domain.domainName}`;
}
