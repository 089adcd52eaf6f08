// Networks: checked, and kept in the state alone. Nothing here routes, and functions run on this machine.
import { randomUUID } from "node:crypto";
import { account } from "../clients.ts";
import { type Inputs, type Kind, type Outputs, text } from "../kind.ts";

interface Shape extends Pick<Kind, "required" | "enums"> {
  readonly optional?: readonly string[];
  /** Properties that cannot change in place. Default: all that are required. */
  readonly identity?: readonly string[];
  readonly outputs?: (id: string, inputs: Inputs) => Outputs;
}

/** @param prefix of its ids */
const piece = (prefix: string, { required, optional = [], identity = required, enums, outputs }: Shape): Kind => ({
  required,
  optional: [...optional, "tags"],
  identity,
  ...(enums && { enums }),
  create: async (inputs) => {
    const id = `${prefix}-${randomUUID().slice(0, 8)}`;
    const arn = `arn:aws:ec2:${text(inputs.region)}:${account}:${prefix}/${id}`;
    return { id, outputs: { arn, ...outputs?.(id, inputs) } };
  },
});

/** Of a block for documentation, and never the same twice. */
let addresses = 0;
const nextAddress = (): string => {
  addresses += 1;
  return `198.51.100.${addresses % 256}`;
};

const rule = (target: string) =>
  piece("sgr", {
    required: ["ipProtocol", "region", "securityGroupId", target],
    optional: ["fromPort", "toPort", "description"],
    enums: { ipProtocol: ["tcp", "udp", "-1"] },
    identity: ["region", "securityGroupId"],
  });

export const networkKinds: Readonly<Record<string, Kind>> = {
  "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": piece("sg", {
    required: ["region", "vpcId"],
    optional: ["egress", "ingress"],
  }),
  "aws:ec2/eip:Eip": piece("eipalloc", {
    required: ["domain", "region"],
    enums: { domain: ["vpc"] },
    outputs: (id) => ({ publicIp: nextAddress(), allocationId: id }),
  }),
  "aws:ec2/internetGateway:InternetGateway": piece("igw", { required: ["region", "vpcId"] }),
  "aws:ec2/natGateway:NatGateway": piece("nat", { required: ["allocationId", "region", "subnetId"] }),
  "aws:ec2/route:Route": piece("r", {
    required: ["destinationCidrBlock", "region", "routeTableId"],
    optional: ["gatewayId", "natGatewayId"],
  }),
  "aws:ec2/routeTable:RouteTable": piece("rtb", { required: ["region", "vpcId"] }),
  "aws:ec2/routeTableAssociation:RouteTableAssociation": piece("rtbassoc", {
    required: ["region", "routeTableId", "subnetId"],
  }),
  "aws:ec2/securityGroup:SecurityGroup": piece("sg", { required: ["description", "region", "vpcId"] }),
  "aws:ec2/subnet:Subnet": piece("subnet", {
    required: ["availabilityZone", "cidrBlock", "region", "vpcId"],
    optional: ["mapPublicIpOnLaunch"],
  }),
  "aws:ec2/vpc:Vpc": piece("vpc", {
    required: ["cidrBlock", "region"],
    optional: ["enableDnsHostnames", "enableDnsSupport"],
  }),
  "aws:ec2/vpcEndpoint:VpcEndpoint": piece("vpce", {
    required: ["region", "serviceName", "vpcEndpointType", "vpcId"],
    optional: ["policy", "privateDnsEnabled", "routeTableIds", "securityGroupIds", "serviceRegion", "subnetIds"],
    enums: { vpcEndpointType: ["Gateway", "Interface"] },
  }),
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": rule("cidrIpv4"),
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": rule("referencedSecurityGroupId"),
};
