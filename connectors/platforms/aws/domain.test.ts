// The name that partners call, as a preview and a deployment make it.
import { describe, expect, test } from "vitest";
import type { GatewayFacts } from "../../gateway/facts.ts";
import { planGateway } from "../../gateway/plan.ts";
import { factsOf, REGIONS, recordGateway, recordWitness } from "./test-support/gateway.ts";

const named = { domain: "events.example.com", zone: "Z0123456789ABC" };
const certificateArn = "arn:aws:acm:us-east-1:123456789012:certificate/1";

test.each([true, false])("certificates of all regions are proved by one record, in a preview: %s", async (preview) => {
  const seen = await recordWitness(factsOf(named), preview);
  const made = seen.filter(({ type }) => /^aws:(acm|route53)\//.test(type));
  expect(made.map(({ type, name, inputs }) => [type.split(":").at(-1), name, inputs.region])).toEqual([
    ["Certificate", "witness-certificate-us-east-1", "us-east-1"],
    ["Certificate", "witness-certificate-us-west-2", "us-west-2"],
    ["Record", "witness-certificate-proof", undefined],
    ["CertificateValidation", "witness-certificate-us-east-1-proved", "us-east-1"],
    ["CertificateValidation", "witness-certificate-us-west-2-proved", "us-west-2"],
  ]);
  if (preview) return;
  const record = made.find(({ name }) => name.endsWith("-proof"));
  expect(record?.inputs).toMatchObject({
    zoneId: named.zone,
    name: "_proof.events",
    type: "CNAME",
    records: ["_of.acm"],
  });
});

describe.each([
  ["active-active", "us-east-1", { latencyRoutingPolicies: [{ region: "us-east-1" }] }],
  ["active-active", "us-west-2", { latencyRoutingPolicies: [{ region: "us-west-2" }] }],
  ["primary-secondary", "us-east-1", { failoverRoutingPolicies: [{ type: "PRIMARY" }] }],
  ["primary-secondary", "us-west-2", { failoverRoutingPolicies: [{ type: "SECONDARY" }] }],
] as const)("%s: in %s", (topology, region, routing) => {
  test("the name leads to the region's API while that can accept", async () => {
    const { seen, outputs } = await recordGateway(factsOf({ ...named, topology }), { region, certificateArn });
    const inputsOf = (name: string) => seen.find((each) => each.name === name)?.inputs;
    expect(inputsOf("gateway-domain-record")).toEqual({
      zoneId: named.zone,
      name: named.domain,
      type: "A",
      setIdentifier: region,
      healthCheckId: "gateway-domain-health-id",
      aliases: [{ name: `d.${region}`, zoneId: `ZAPI-${region}`, evaluateTargetHealth: false }],
      ...routing,
    });
    expect(inputsOf("gateway-domain-health")).toMatchObject({
      type: "HTTPS",
      fqdn: `gateway-api.execute-api.${region}.amazonaws.com`,
      resourcePath: "/health/accept",
    });
    expect(inputsOf("gateway-domain")).toMatchObject({ region, domainNameConfiguration: { certificateArn } });
    expect(outputs).toMatchObject({
      url: "https://events.example.com",
      healthAcceptUrl: `https://gateway-api.execute-api.${region}.amazonaws.com/health/accept`,
    });
  });
});

test("a region's own name is what partners call where there is no domain", async () => {
  const { seen, outputs } = await recordGateway(factsOf());
  expect(seen.filter(({ type }) => /route53|acm|DomainName/.test(type))).toEqual([]);
  expect(outputs).toMatchObject({ url: "https://gateway-api.execute-api.us-east-1.amazonaws.com" });
});

test.each<[string, Partial<GatewayFacts>, string]>([
  ["no zone", { domain: named.domain }, "zone: is missing: a domain needs the id of the hosted zone"],
  ["no domain", { zone: named.zone }, "domain: is missing: a zone is for the name that partners call"],
  [
    "the zone's name",
    { ...named, zone: "example.com" },
    "zone: must be the id of a hosted zone, such as Z0123456789ABC",
  ],
  ["a url", { ...named, domain: "https://events.example.com" }, "domain: must be a host name in lower case"],
  [
    "a third region to fail over to",
    { ...named, topology: "primary-secondary", regions: [...REGIONS, "eu-west-1"] },
    "domain: fails over between 2 regions in primary-secondary, and there are 3",
  ],
  ["nothing that answers", { ...named, connectors: {} }, "domain: has nothing that answers for the health of a region"],
])("refused: %s", (_, more, message) => {
  expect(() => planGateway("gateway", factsOf(more))).toThrow(message);
});

test("refused: a gateway without the certificate of its domain", () => {
  expect(() => planGateway("gateway", factsOf(named), { region: "us-east-1" })).toThrow(
    "certificateArn: is missing: take the one of this region from the Witness",
  );
});
