// Names, certificates and health checks: checked, and kept in the state alone. Nothing here asks DNS or a region's health.
import { randomUUID } from "node:crypto";
import { account } from "../clients.ts";
import { bag, type Kind, text } from "../kind.ts";

export const certificate: Kind = {
  required: ["domainName", "region", "validationMethod"],
  optional: ["subjectAlternativeNames", "keyAlgorithm", "tags"],
  enums: { validationMethod: ["DNS"] },
  identity: ["domainName", "region", "validationMethod"],
  create: async (inputs) => {
    const domainName = text(inputs.domainName);
    const arn = `arn:aws:acm:${text(inputs.region)}:${account}:certificate/${randomUUID()}`;
    const resourceRecordName = `_proof.${domainName}`;
    const asked = { domainName, resourceRecordName, resourceRecordType: "CNAME", resourceRecordValue: "_of.acm" };
    return { id: arn, outputs: { arn, status: "PENDING_VALIDATION", domainValidationOptions: [asked] } };
  },
};

export const certificateValidation: Kind = {
  required: ["certificateArn", "region"],
  optional: ["validationRecordFqdns"],
  identity: ["certificateArn", "region", "validationRecordFqdns"],
  create: async (inputs) => ({ id: text(inputs.certificateArn), outputs: {} }),
};

export const domainName: Kind = {
  required: ["domainName", "domainNameConfiguration", "region"],
  optional: ["mutualTlsAuthentication", "routingMode", "tags"],
  computedWithin: { domainNameConfiguration: ["targetDomainName", "hostedZoneId"] },
  identity: ["domainName", "region"],
  create: async (inputs) => {
    const name = text(inputs.domainName);
    const region = text(inputs.region);
    const made = { targetDomainName: `d-made.execute-api.${region}.amazonaws.com`, hostedZoneId: "ZAPI" };
    return { id: name, outputs: { domainNameConfiguration: { ...bag(inputs.domainNameConfiguration), ...made } } };
  },
};

export const apiMapping: Kind = {
  required: ["apiId", "domainName", "region", "stage"],
  optional: ["apiMappingKey"],
  identity: ["apiId", "domainName", "region"],
  create: async () => ({ id: randomUUID(), outputs: {} }),
};

export const healthCheck: Kind = {
  required: ["type"],
  optional: [
    "enableSni",
    "failureThreshold",
    "fqdn",
    "measureLatency",
    "port",
    "regions",
    "requestInterval",
    "resourcePath",
    "searchString",
    "tags",
  ],
  enums: { type: ["HTTPS", "HTTP", "TCP"], requestInterval: [10, 30] },
  identity: ["type", "requestInterval"],
  create: async () => {
    const id = randomUUID();
    return { id, outputs: { arn: `arn:aws:route53:::healthcheck/${id}` } };
  },
};

const policies = ["failoverRoutingPolicies", "latencyRoutingPolicies", "weightedRoutingPolicies"];
export const record: Kind = {
  required: ["name", "type", "zoneId"],
  optional: ["aliases", "records", "ttl", "setIdentifier", "healthCheckId", ...policies],
  enums: { type: ["A", "AAAA", "CNAME", "TXT"] },
  identity: ["name", "type", "zoneId", "setIdentifier"],
  create: async (inputs) => {
    const routed = policies.filter((policy) => inputs[policy] !== undefined);
    if (routed.length > 1) throw new Error(`a record has one of ${policies.join(", ")}`);
    if (routed.length === 1 && inputs.setIdentifier === undefined)
      throw new Error("a routed record needs setIdentifier");
    if ((inputs.aliases === undefined) === (inputs.records === undefined))
      throw new Error("a record has aliases, or records with ttl");
    const name = text(inputs.name);
    return { id: [inputs.zoneId, name, inputs.type, inputs.setIdentifier ?? ""].join("_"), outputs: { fqdn: name } };
  },
};
