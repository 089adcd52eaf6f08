// What AWS makes up of a resource, for a recording engine.
export const ACCOUNT = "123456789012";

const within = (inputs: Readonly<Record<string, unknown>>, key: string, made: object): object =>
  inputs[key] === undefined ? {} : { [key]: { ...Object(inputs[key]), ...made } };

export const madeByAws = (type: string, name: string, inputs: Readonly<Record<string, unknown>>) => {
  const region = typeof inputs.region === "string" ? inputs.region : "us-east-1";
  const physical = typeof inputs.name === "string" ? inputs.name : name;
  const arn = type.startsWith("aws:iam/")
    ? `arn:aws:iam::${ACCOUNT}:${physical}`
    : `arn:aws:made:${region}:${ACCOUNT}:${type.startsWith("aws:kms/") ? "mrk" : physical}`;
  const replicas = Array.isArray(inputs.replicas)
    ? { replicas: inputs.replicas.map((each) => ({ ...each, streamArn: `${arn}/replica/${each.regionName}` })) }
    : {};
  if (type === "isthmus:local:Token") return { value: "made-once-and-by-nobody" };
  return {
    arn,
    url: `https://sqs.${region}/${physical}`,
    keyId: `mrk-${name}`,
    streamArn: `${arn}/stream`,
    apiEndpoint: `https://${name}.execute-api.${region}.amazonaws.com`,
    executionArn: `${arn}/execute`,
    functionUrl: `https://${name}.lambda-url.${region}`,
    codeSha256: "made",
    publicIp: "198.51.100.7",
    fqdn: physical,
    ...(type.startsWith("aws:acm/certificate:") && {
      domainValidationOptions: [
        { resourceRecordName: "_proof.events", resourceRecordType: "CNAME", resourceRecordValue: "_of.acm" },
      ],
    }),
    ...within(inputs, "domainNameConfiguration", { targetDomainName: `d.${region}`, hostedZoneId: `ZAPI-${region}` }),
    ...replicas,
  };
};

/** What AWS answers when it is asked. */
export const answeredByAws = (token: string): Record<string, unknown> | undefined => {
  if (token.includes("getCallerIdentity")) return { accountId: ACCOUNT };
  return token.includes("getAvailabilityZones") ? { names: ["zone-a", "zone-b", "zone-c"] } : undefined;
};
