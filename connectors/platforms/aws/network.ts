// A network whose functions leave by fixed addresses, and reach AWS from inside where that is asked for.
import { DefaultSecurityGroup } from "@pulumi/aws/ec2/defaultSecurityGroup.js";
import { Eip } from "@pulumi/aws/ec2/eip.js";
import { InternetGateway } from "@pulumi/aws/ec2/internetGateway.js";
import { NatGateway } from "@pulumi/aws/ec2/natGateway.js";
import { Route } from "@pulumi/aws/ec2/route.js";
import { RouteTable } from "@pulumi/aws/ec2/routeTable.js";
import { RouteTableAssociation } from "@pulumi/aws/ec2/routeTableAssociation.js";
import { SecurityGroup } from "@pulumi/aws/ec2/securityGroup.js";
import { Subnet } from "@pulumi/aws/ec2/subnet.js";
import { Vpc } from "@pulumi/aws/ec2/vpc.js";
import { VpcEndpoint } from "@pulumi/aws/ec2/vpcEndpoint.js";
import { getAvailabilityZonesOutput } from "@pulumi/aws/getAvailabilityZones.js";
import { SecurityGroupEgressRule } from "@pulumi/aws/vpc/securityGroupEgressRule.js";
import { SecurityGroupIngressRule } from "@pulumi/aws/vpc/securityGroupIngressRule.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Inside, Surroundings } from "./function.ts";
import {
  NETWORK,
  type NetworkOptions,
  serviceName,
  serviceOf,
  throughInterfaces,
  throughRoutes,
  type ZonePlan,
  zonePlans,
} from "./network-plan.ts";

const ANYWHERE = "0.0.0.0/0";
const HTTPS = 443;

export interface MadeNetwork extends Inside {
  /** That calls leave by. */
  readonly addresses: readonly pulumi.Output<string>[];
}

export function makeNetwork(surroundings: Surroundings, options: NetworkOptions): MadeNetwork {
  const at = { ...surroundings, name: `${surroundings.name}-fixed` };
  const { parent, name, region } = at;
  const vpc = new Vpc(
    `${name}-vpc`,
    { region, cidrBlock: NETWORK, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } },
    { parent },
  );
  // What nobody gave a group of its own reaches nothing.
  new DefaultSecurityGroup(`${name}-default`, { region, vpcId: vpc.id, ingress: [], egress: [] }, { parent });
  const outside = makeOutside(at, vpc);
  const zones = zonePlans.map((plan) => makeZone(at, plan, { vpc, outside, protect: options.protect }));
  const group = makeGroup(at, vpc);
  for (const service of throughRoutes) {
    new VpcEndpoint(
      `${name}-${service}`,
      {
        region,
        vpcId: vpc.id,
        serviceName: serviceName(region, service),
        vpcEndpointType: "Gateway",
        routeTableIds: zones.map(({ table }) => table.id),
      },
      { parent },
    );
  }
  const subnetIds = zones.map(({ subnet }) => subnet.id);
  if (options.privateEndpoints || options.services.length > 0) makeEndpoints(at, vpc, { subnetIds, group, options });
  return { subnetIds, securityGroupId: group.id, addresses: zones.map(({ address }) => address.publicIp) };
}

/** The routes of subnets whose addresses are known outside. */
function makeOutside({ parent, name, region }: Surroundings, vpc: Vpc): RouteTable {
  const internet = new InternetGateway(`${name}-internet`, { region, vpcId: vpc.id }, { parent });
  const table = new RouteTable(`${name}-outside`, { region, vpcId: vpc.id }, { parent });
  new Route(
    `${name}-outside-route`,
    { region, routeTableId: table.id, destinationCidrBlock: ANYWHERE, gatewayId: internet.id },
    { parent },
  );
  return table;
}

interface ZoneOptions {
  readonly vpc: Vpc;
  readonly outside: RouteTable;
  readonly protect: boolean;
}

/** A zone with its fixed address, and where functions stand in it. */
function makeZone({ parent, name, region }: Surroundings, plan: ZonePlan, { vpc, outside, protect }: ZoneOptions) {
  const child = `${name}-${plan.zone + 1}`;
  const { names } = getAvailabilityZonesOutput({ region, state: "available" }, { parent });
  const availabilityZone = names.apply((all) => all[plan.zone] ?? "");
  const subnetOf = (suffix: string, cidrBlock: string, table: RouteTable): Subnet => {
    const subnet = new Subnet(
      `${child}-${suffix}`,
      { region, vpcId: vpc.id, availabilityZone, cidrBlock, mapPublicIpOnLaunch: false },
      { parent },
    );
    new RouteTableAssociation(
      `${child}-${suffix}-routes`,
      { region, subnetId: subnet.id, routeTableId: table.id },
      { parent },
    );
    return subnet;
  };
  const address = new Eip(`${child}-address`, { region, domain: "vpc" }, { parent, protect, retainOnDelete: protect });
  const nat = new NatGateway(
    `${child}-nat`,
    { region, subnetId: subnetOf("outside", plan.outside, outside).id, allocationId: address.id },
    { parent },
  );
  const table = new RouteTable(`${child}-inside`, { region, vpcId: vpc.id }, { parent });
  new Route(
    `${child}-inside-route`,
    { region, routeTableId: table.id, destinationCidrBlock: ANYWHERE, natGatewayId: nat.id },
    { parent },
  );
  return { address, table, subnet: subnetOf("inside-subnet", plan.inside, table) };
}

/** Functions call anybody, by TCP, and nobody calls them. */
function makeGroup({ parent, name, region }: Surroundings, vpc: Vpc): SecurityGroup {
  const description = "Functions that leave by fixed addresses";
  const group = new SecurityGroup(`${name}-functions`, { region, vpcId: vpc.id, description }, { parent });
  new SecurityGroupEgressRule(
    `${name}-functions-out`,
    { region, securityGroupId: group.id, ipProtocol: "tcp", fromPort: 1, toPort: 65_535, cidrIpv4: ANYWHERE },
    { parent },
  );
  return group;
}

interface EndpointOptions {
  readonly subnetIds: pulumi.Output<string>[];
  /** Of the functions. */
  readonly group: SecurityGroup;
  readonly options: NetworkOptions;
}

function makeEndpoints({ parent, name, region }: Surroundings, vpc: Vpc, given: EndpointOptions): void {
  const { subnetIds, group, options } = given;
  const description = "Services of AWS and of partners, for the functions of this network";
  const own = new SecurityGroup(`${name}-endpoints`, { region, vpcId: vpc.id, description }, { parent });
  new SecurityGroupIngressRule(
    `${name}-endpoints-in`,
    {
      region,
      securityGroupId: own.id,
      ipProtocol: "tcp",
      fromPort: HTTPS,
      toPort: HTTPS,
      referencedSecurityGroupId: group.id,
    },
    { parent },
  );
  const common = {
    region,
    vpcId: vpc.id,
    vpcEndpointType: "Interface",
    privateDnsEnabled: true,
    subnetIds,
    securityGroupIds: [own.id],
  };
  for (const service of options.privateEndpoints ? throughInterfaces : []) {
    new VpcEndpoint(`${name}-${service}`, { ...common, serviceName: serviceName(region, service) }, { parent });
  }
  for (const service of options.services) {
    const { region: serviceRegion, id } = serviceOf(service);
    new VpcEndpoint(
      `${name}-${id}`,
      { ...common, serviceName: service, ...(serviceRegion !== region && { serviceRegion }) },
      { parent },
    );
  }
}
