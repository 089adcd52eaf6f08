// The network of connectors whose partners let in fixed addresses only, as a preview and a deployment make it.
import { expect, test } from "vitest";
import { planGateway } from "../../gateway/plan.ts";
import type { Registered } from "../../test-support/record.ts";
import { unknownNetwork } from "./connector-plan.ts";
import { zonePlans } from "./network-plan.ts";
import { SERVICE } from "./test-support/definitions.ts";
import { factsOf, recordGateway } from "./test-support/gateway.ts";
import { gatewayPlan, planOf, specOf } from "./test-support/plans.ts";

const asking = {
  connectors: {
    payments: { role: "send", driver: "http", digest: "d", fixedSource: true },
    statements: { role: "poll", driver: "http", digest: "d", fixedSource: true },
  },
};
const ofNetwork = (seen: readonly Registered[]) => seen.filter(({ type }) => /^aws:(ec2|vpc)\//.test(type));
const count = (seen: readonly Registered[], type: string): number =>
  seen.filter((each) => each.type.endsWith(`:${type}`)).length;

test("there is none where no connector asks", async () => {
  const { seen, outputs } = await recordGateway(factsOf());
  expect(ofNetwork(seen)).toEqual([]);
  expect(outputs.fixedAddresses).toBeUndefined();
});

test.each([true, false])("connectors that ask share one, in a preview: %s", async (preview) => {
  const { seen, outputs } = await recordGateway(factsOf(asking), { preview });
  const made = ofNetwork(seen);
  expect(["Vpc", "NatGateway", "Eip", "Subnet", "VpcEndpoint"].map((type) => count(made, type))).toEqual([
    1, 2, 2, 4, 2,
  ]);
  expect(made.filter(({ inputs }) => inputs.region !== "us-east-1").map(({ name }) => name)).toEqual([]);
  if (!preview) expect(outputs.fixedAddresses).toEqual(["198.51.100.7", "198.51.100.7"]);
});

test("calls leave each zone by its own address, which stays when it is taken out of the program", async () => {
  const { seen } = await recordGateway(factsOf(asking));
  const inputsOf = (name: string) => seen.find((each) => each.name === `gateway-fixed-${name}`)?.inputs;
  for (const zone of [1, 2]) {
    expect(inputsOf(`${zone}-nat`)).toMatchObject({
      allocationId: `gateway-fixed-${zone}-address-id`,
      subnetId: `gateway-fixed-${zone}-outside-id`,
    });
    expect(inputsOf(`${zone}-inside-route`)).toMatchObject({
      destinationCidrBlock: "0.0.0.0/0",
      natGatewayId: `gateway-fixed-${zone}-nat-id`,
      routeTableId: `gateway-fixed-${zone}-inside-id`,
    });
    expect(inputsOf(`${zone}-inside-subnet-routes`)).toMatchObject({
      routeTableId: `gateway-fixed-${zone}-inside-id`,
      subnetId: `gateway-fixed-${zone}-inside-subnet-id`,
    });
  }
  expect([inputsOf("1-outside")?.availabilityZone, inputsOf("2-outside")?.availabilityZone]).toEqual([
    "zone-a",
    "zone-b",
  ]);
  const kept = seen.filter(({ type, protect, retainOnDelete }) => type.endsWith(":Eip") && protect && retainOnDelete);
  expect(kept.length).toBe(2);
});

test("nobody reaches in, but the functions reach the services that have endpoints inside", async () => {
  const { seen } = await recordGateway(factsOf({ ...asking, privateEndpoints: true }));
  const entries = seen.filter(({ type }) => type.endsWith(":SecurityGroupIngressRule"));
  expect(entries.map(({ inputs }) => inputs)).toEqual([
    {
      region: "us-east-1",
      securityGroupId: "gateway-fixed-endpoints-id",
      ipProtocol: "tcp",
      fromPort: 443,
      toPort: 443,
      referencedSecurityGroupId: "gateway-fixed-functions-id",
    },
  ]);
  const endpoints = seen.filter(({ type }) => type.endsWith(":VpcEndpoint"));
  expect(endpoints.map(({ inputs }) => `${inputs.vpcEndpointType} ${inputs.serviceName}`)).toEqual([
    "Gateway com.amazonaws.us-east-1.dynamodb",
    "Gateway com.amazonaws.us-east-1.s3",
    "Interface com.amazonaws.us-east-1.events",
    "Interface com.amazonaws.us-east-1.lambda",
    "Interface com.amazonaws.us-east-1.secretsmanager",
    "Interface com.amazonaws.us-east-1.sqs",
    "Interface com.amazonaws.us-east-1.sts",
  ]);
});

test("a partner's endpoint service has one endpoint, however many connectors call through it", async () => {
  const service = "com.amazonaws.vpce.us-west-2.vpce-svc-0123456789abcdef0";
  const facts = { driver: "http", digest: "d", privateServices: [service] };
  const connectors = { orders: { ...facts, role: "send" }, stock: { ...facts, role: "poll" } };
  const { seen } = await recordGateway(factsOf({ connectors }));
  const made = seen.filter(({ inputs }) => inputs.serviceName === service);
  expect(made.map(({ name, inputs }) => [name, inputs.serviceRegion, inputs.privateDnsEnabled])).toEqual([
    ["gateway-fixed-vpce-svc-0123456789abcdef0", "us-west-2", true],
  ]);
});

test("refused: private endpoints that nothing uses", () => {
  expect(() => planGateway("gateway", factsOf({ privateEndpoints: true }))).toThrow(
    "privateEndpoints: is for connectors with fixedSource or a privateService, and there is none",
  );
});

test("refused: a connector whose gateway was not told what it asks of the network", () => {
  const facts = { role: "send", driver: "http", digest: "d" } as const;
  const paths = (kind: string, fixedSource: boolean, privateServices: readonly string[] = []) =>
    unknownNetwork("orders", specOf(kind), gatewayPlan({ orders: { ...facts, fixedSource, privateServices } })).map(
      ({ message }) => message,
    );
  expect(paths("http send to a fixed source", false)).toEqual([expect.stringContaining("fixedSource' must be true")]);
  expect(paths("http send to a private service", false)).toEqual([
    expect.stringContaining("privateServices' must name it"),
  ]);
  expect(paths("http send to a fixed source", true)).toEqual([]);
  expect(paths("http send to a private service", false, [SERVICE])).toEqual([]);
  expect(paths("http send", false)).toEqual([]);
});

test("the address of a private service is one that its connector may call, and no other connector", () => {
  expect(planOf("http send to a private service", "regional").config.privateNetworks).toEqual(["10.255.0.128/25"]);
  expect(planOf("http send to a fixed source", "regional").config.privateNetworks).toBeUndefined();
  expect(zonePlans.map(({ inside }) => inside)).toEqual(["10.255.0.128/26", "10.255.0.192/26"]);
});
