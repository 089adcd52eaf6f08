// What gateways are told, and what every platform asks of it. All checks, no resources.
import type * as pulumi from "@pulumi/pulumi";
import { checkRegions } from "../../src/define/check/regions.ts";
import { allRegions } from "../../src/define/environment.ts";
import type { Platform } from "../../src/define/policy.ts";
import { type Problem, problem } from "../../src/define/problem.ts";
import { outboundProxy as proxyUrl } from "../../src/hosts/node/config.ts";
import { MODES, type Mode } from "../platforms/mode.ts";

/** A connector as its gateway has to know it. */
export interface ConnectorFacts {
  /** `receive`, `poll`, `send` or `feed`. */
  role: string;
  /** Name of its driver, for example `http`. */
  driver: string;
  /** Of the definition's bundle. */
  digest: string;
  /** AWS: its partner lets in fixed addresses only. @default false */
  fixedSource?: boolean;
  /** AWS: names of the endpoint services through which its partner is called. @default none */
  privateServices?: string[];
}

/** What all regions of an environment must say alike. Plain: it decides which resources exist. */
export interface GatewayFacts {
  /** Where the gateway runs: `local` or `aws`. */
  platform: string;
  /** Names everything that is made. */
  environment: string;
  /** In order: in primary-secondary the first is the primary. */
  regions: string[];
  /** The regions before, while one is added or removed: then both sets of voters decide. */
  changingFrom?: string[];
  /** Counts the steps of such changes: odd where the regions are settled, even while they change. @default 1 */
  generation?: number;
  /** `active-active` or `primary-secondary`. */
  topology: string;
  /** Loopback addresses that partners may have, `127.0.0.1:9443`; on AWS with an emulator only. @default none */
  loopback?: string[];
  /** Local platform: the first of the ports. @default 7400 */
  basePort?: number;
  /** Local platform: the folder that holds all state, as an absolute path. */
  home?: string;
  /** AWS: the account that everything stands in. */
  account?: string;
  /** AWS: region of the voter that is no gateway; needed where the number of regions is even. */
  witness?: string;
  /** AWS: keep tables, keys and the archive when they are taken out of the program. @default true */
  protectData?: boolean;
  /** AWS: the connectors that there will be, by name: the keeper and the admin function know them. @default none */
  connectors?: Record<string, ConnectorFacts>;
  /** AWS: urls that take the place of all services of a region, an emulator's. @default none */
  endpoints?: Record<string, string>;
  /** AWS: the name that partners call, in every region; DNS leads to one that can accept. With `zone`. @default none */
  domain?: string;
  /** AWS: id of the account's hosted zone that `domain` lies in. @default none */
  zone?: string;
  /** AWS: connectors with `fixedSource` reach the services of AWS inside their network. @default false */
  privateEndpoints?: boolean;
  /** AWS: lease timings in milliseconds. @default 30 s, a margin of 2 s, requests of at most 10 s */
  lease?: { ttlMs: number; marginMs: number; requestTimeoutMs: number };
}

/** What may differ between the regions of an environment. */
export interface RegionFacts {
  /** The region that the gateway is in; one of `regions`. */
  region: string;
  /** AWS: of the domain's certificate in this region, as the `Witness` gives it. Needed where there is a domain. */
  certificateArn?: pulumi.Input<string>;
  /** AWS: ARN of an SNS topic of this region, which alarms tell. @default alarms tell nobody */
  alarmTopic?: string;
  /**
   * HTTP proxy on this machine, `http://127.0.0.1:3128`: on the local platform for calls to partners, peers and voters, on AWS
   * with an emulator only, for calls to partners. @default none
   */
  outboundProxy?: string;
}

const NAME = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;
const RESERVED: readonly string[] = ["witness", "global"];

/** Every problem that does not depend on the platform. */
export function checkFacts(facts: GatewayFacts, platform: Platform): readonly Problem[] {
  const { environment, regions, topology, loopback = [] } = facts;
  return [
    ...regions.flatMap(checkRegionName),
    ...checkRegions({ ...facts, platform }),
    ...loopback.flatMap(checkLoopback),
    ...unless(NAME.test(environment), "environment", nameRule(environment)),
    ...unless(
      MODES.some((mode) => mode === topology),
      "topology",
      `must be ${MODES.join(" or ")}, not '${topology}'`,
    ),
  ];
}

/** The region that a gateway is in. */
export function checkOwnRegion({ region, outboundProxy }: RegionFacts, facts: GatewayFacts): readonly Problem[] {
  const regions = allRegions(facts);
  return [
    ...unless(regions.includes(region), "region", `'${region}' is not one of ${regions.join(", ")}`),
    ...checkProxy(outboundProxy),
  ];
}

function checkProxy(url: string | undefined): readonly Problem[] {
  const read = proxyUrl.optional().safeParse(url);
  return read.success ? [] : [problem("outboundProxy", `must be ${read.error.issues[0]?.message}, not '${url}'`)];
}

export const modeOf = ({ topology }: GatewayFacts): Mode =>
  topology === "primary-secondary" ? "primary-secondary" : "active-active";

export const unless = (good: boolean, path: string, message: string): readonly Problem[] =>
  good ? [] : [problem(path, message)];

function checkRegionName(name: string, index: number): readonly Problem[] {
  const path = `regions[${index}]`;
  if (!NAME.test(name)) return [problem(path, nameRule(name))];
  return RESERVED.includes(name) ? [problem(path, `'${name}' is the name of something else`)] : [];
}

function checkLoopback(address: string, index: number): readonly Problem[] {
  const [, port = "0"] = /^(?:127(?:\.\d{1,3}){3}|\[::1\]|localhost):(\d{1,5})$/.exec(address) ?? [];
  if (Number(port) > 0 && Number(port) < 65_536) return [];
  return [
    problem(`loopback[${index}]`, `must be a loopback address with its port, as 127.0.0.1:9443, not '${address}'`),
  ];
}

const nameRule = (name: string): string => `must be lower-case letters, digits and '-', not '${name}'`;
