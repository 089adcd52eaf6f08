// Rules of an environment and of all its connectors together.
import ipaddr from "ipaddr.js";
import { checkDefinition } from "../check.ts";
import type { Definition } from "../connector.ts";
import { allRegions, connectorOf, type Environment } from "../environment.ts";
import { didYouMean } from "../nearest.ts";
import { parseDefinition } from "../parse/parse.ts";
import { leases } from "../policy.ts";
import { type Problem, problem } from "../problem.ts";
import { when } from "./context.ts";
import { checkLease } from "./delivery.ts";
import { checkRegions } from "./regions.ts";

export interface EnvironmentChecking {
  /** Names of the secrets that there are. Default: not looked at. */
  readonly secrets?: readonly string[];
  /** Settings over those of the environment's file (from a stack's configuration). Default: none. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Loopback addresses beside those of the environment's file. Default: none. */
  readonly loopback?: readonly string[];
}

/** All problems of an environment; `definitions` holds those of its connectors, by name. Empty: it can be deployed. */
export const checkEnvironment = (
  environment: Environment,
  definitions: Readonly<Record<string, Definition>>,
  checking: EnvironmentChecking = {},
): readonly Problem[] => [
  ...checkRegions(environment),
  ...nameProblems(environment),
  ...loopbackProblems(environment),
  ...domainProblems(environment),
  ...alarmProblems(environment),
  ...checkLease(environment.lease ?? leases[environment.platform]),
  ...Object.keys(environment.connectors).flatMap((name) => connectorProblems(name, environment, definitions, checking)),
  ...unusedNames(environment, definitions, checking),
];

const nameProblems = ({ regions, changingFrom = regions, platform, witness }: Environment): readonly Problem[] => [
  ...regions
    .filter((region) => !/^[a-z][a-z0-9-]*$/.test(region))
    .map((region) =>
      problem("regions", `'${region}' must be lower-case letters, digits and '-', and begin with a letter`),
    ),
  ...[...new Set([regions.length, changingFrom.length])]
    .filter((count) => platform === "aws" && count % 2 === 0 && witness === undefined)
    .map((count) =>
      problem("witness", `is missing: ${count} regions have no majority when they are cut from each other`),
    ),
  ...when(witness !== undefined && regions.includes(witness), () =>
    problem("witness", `'${witness}' is a region: it would fail with it`),
  ),
];

const domainProblems = ({ platform, zone, domains = {} }: Environment): readonly Problem[] => {
  const names = Object.values(domains);
  return [
    ...when(platform !== "aws" && (zone !== undefined || names.length > 0), () =>
      problem(zone === undefined ? "domains" : "zone", "is for aws only"),
    ),
    ...when(zone === undefined && names.length > 0, () =>
      problem("zone", "is missing: domains need the id of the hosted zone that they lie in"),
    ),
    ...when(zone !== undefined && names.length === 0, () =>
      problem("domains", "is missing: a zone is for the name that partners call", "write it for a topology"),
    ),
    ...when(new Set(names).size < names.length, () =>
      problem("domains", "the topologies must have different names: both may stand at once"),
    ),
  ];
};

const alarmProblems = (environment: Environment): readonly Problem[] => {
  const { platform, alarmTopics } = environment;
  if (alarmTopics === undefined) return [];
  if (platform !== "aws") return [problem("alarmTopics", "is for aws only")];
  const regions = allRegions(environment);
  return [
    ...regions
      .filter((region) => alarmTopics[region] === undefined)
      .map((region) => problem(`alarmTopics.${region}`, "is missing: alarms tell topics of their own region only")),
    ...Object.keys(alarmTopics)
      .filter((region) => !regions.includes(region))
      .map((region) => problem(`alarmTopics.${region}`, `'${region}' is not one of ${regions.join(", ")}`)),
  ];
};

/** Whether anything of the environment stands on this machine. */
const mayLoop = ({ platform, endpoints }: Pick<Environment, "platform"> & { readonly endpoints?: unknown }): boolean =>
  platform === "local" || endpoints !== undefined;

const loopbackProblems = ({ platform, loopback = [], endpoints }: Environment): readonly Problem[] => [
  ...when(!mayLoop({ platform, endpoints }) && loopback.length > 0, () =>
    problem("loopback", "is for the local platform only, or for an emulator"),
  ),
  ...loopback.flatMap((address, index) =>
    when(!isLoopback(address), () =>
      problem(`loopback[${index}]`, `'${address}' is not a loopback address with a port, such as "127.0.0.1:9443"`),
    ),
  ),
];

const isLoopback = (address: string): boolean => {
  const url = URL.parse(`http://${address}`);
  if (url === null || url.host !== address || url.port === "") return false;
  const host = url.hostname.replace(/^\[|\]$/g, "");
  return host === "localhost" || (ipaddr.isValid(host) && ipaddr.process(host).range() === "loopback");
};

const connectorProblems = (
  name: string,
  environment: Environment,
  definitions: Readonly<Record<string, Definition>>,
  { secrets, settings, loopback = [] }: EnvironmentChecking,
): readonly Problem[] => {
  const definition = definitions[name];
  const connector = connectorOf(environment, name);
  if (definition === undefined || connector === null)
    return [problem(`connectors.${name}`, "its definition is not there")];
  const found = checkDefinition(name, definition, {
    settings: { ...connector.settings, ...settings },
    ...(secrets && { secrets }),
    platform: environment.platform,
    ...(environment.lease && { lease: environment.lease }),
    loopback: mayLoop(environment) ? [...(environment.loopback ?? []), ...loopback] : [],
  });
  return found.map(({ path, message, fix }) => problem(`connectors.${name}.${path}`, message, fix));
};

/** Settings and secrets that nothing uses are most often mistyped. What a refused definition would use is not known. */
const unusedNames = (
  environment: Environment,
  definitions: Readonly<Record<string, Definition>>,
  { secrets = [] }: EnvironmentChecking,
): readonly Problem[] => {
  const named = Object.entries(definitions).map(([name, definition]) => [name, namesIn(definition)] as const);
  if (named.some(([, names]) => names === null)) return [];
  const used = new Map(named.flatMap(([name, names]) => (names === null ? [] : [[name, names] as const])));
  const all = [...used.values()];
  const known = { settings: all.flatMap(({ settings }) => settings), secrets: all.flatMap((names) => names.secrets) };
  const own = Object.entries(environment.connectors).flatMap(([name, stated]) =>
    typeof stated === "string"
      ? []
      : unused(Object.keys(stated.settings ?? {}), used.get(name)?.settings ?? [], `connectors.${name}.settings`),
  );
  return [
    ...unused(Object.keys(environment.settings ?? {}), known.settings, "settings"),
    ...own,
    ...unused(secrets, known.secrets, "secrets"),
  ];
};

const unused = (given: readonly string[], known: readonly string[], path: string): readonly Problem[] =>
  given
    .filter((name) => !known.includes(name) && !known.some((pattern) => fitsTenant(name, pattern)))
    .map((name) => problem(`${path}.${name}`, `no connector uses it.${didYouMean(name, known)}`.replace(/\.$/, "")));

/** `shopify/acme` is a value of `shopify/{tenant}`. */
const fitsTenant = (name: string, pattern: string): boolean => {
  const [before, after] = pattern.split("{tenant}");
  return after !== undefined && name.startsWith(before ?? "") && name.endsWith(after);
};

/** null: it is refused before it says them. */
const namesIn = (
  definition: Definition,
): { readonly settings: readonly string[]; readonly secrets: readonly string[] } | null => {
  const result = parseDefinition(definition, {});
  if (result.kind === "refused") return null;
  return { settings: [...result.parsed.settings], secrets: [...result.parsed.secrets] };
};
