// The page docs/cost-aws.md: written by `npm run docs` from the resources of the components, and prices and quotas as data.
import { readFileSync } from "node:fs";
import * as z from "zod";
import type { Role } from "../../../../src/define/model.ts";
import { leases } from "../../../../src/define/policy.ts";
import { sizes } from "../function-plan.ts";
import {
  ACCEPT_SECONDS,
  type Counts,
  DISPATCH_SECONDS,
  idleConnector,
  idleGateway,
  type Line,
  million,
  type Prices,
  restless,
  sum,
} from "./model.ts";

const data = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const price = z.number().positive();
const priceList = z.object({
  region: z.string(),
  asOf: z.string(),
  currency: z.literal("USD"),
  prices: z.object({
    lambdaGbSecond: price,
    lambdaRequest: price,
    tableWriteUnit: price,
    tableReadUnit: price,
    queueRequest: price,
    busEvent: price,
    apiRequest: price,
    scheduleCall: price,
    alarmMonth: price,
    secretMonth: price,
    keyMonth: price,
    logGb: price,
  }),
});
const perEvent = z.object({ reads: z.number(), writes: z.number(), calls: z.enum(["api", "hub", "none"]) });
const unitList = z.object({
  from: z.string(),
  perEvent: z.object({ receive: perEvent, poll: perEvent, send: perEvent, feed: perEvent }),
});
const counts = z.record(z.string(), z.number());
const countList = z.object({
  gateway: counts,
  connectors: z.object({ receive: counts, poll: counts, send: counts, feed: counts }),
});

const ROLES: readonly Role[] = ["receive", "poll", "send", "feed"];
/** Two gateways' regions and a witness. */
const REGIONS = 2;
const VOTERS = 3;

export function costPage(): string {
  const { region, asOf, prices } = priceList.parse(data("prices.json"));
  const units = unitList.parse(data("units.json"));
  const made = countList.parse(data("counts.json"));
  const gateway = idleGateway(made.gateway, prices, { ttlMs: leases.aws.ttlMs, voters: VOTERS, regions: REGIONS });
  return `# What AWS costs, and where it ends

Written by \`npm run docs\` from the resources that the components make (\`connectors/platforms/aws/cost\`). Prices of ${region},
${asOf}, without free tiers, taxes, data transfer or discounts; check them against your own. Two regions, a witness in a third.

## While nothing happens

Each gateway, per region and month:

${table(gateway)}

Each connector, per region and month:

| role | resources | a month |
| --- | --- | --- |
${ROLES.map((role) => idleRow(role, made.connectors[role], prices)).join("\n")}

A poll that is due at least once a minute keeps its engine at work: ${money(restless(prices))} a month in the region that polls. An
environment besides: the key, ${money(prices.keyMonth)} in each region, and ${money(prices.secretMonth)} for each secret in each region.

## A million events

${ROLES.map((role) => `### ${role}\n\n${table(million(role, units.perEvent[role], prices, REGIONS))}`).join("\n\n")}

Units: ${units.from}. A call to
accept is taken to last ${ACCEPT_SECONDS * 1_000} ms, and an event to take ${DISPATCH_SECONDS * 1_000} ms of an engine. An event of more than 1 KB writes one unit more for each KB. Logs are ${money(prices.logGb)} a GB.

## Quotas that bind first

| quota | default | what takes it | binds at |
| --- | --- | --- | --- |
${quotas().join("\n")}
`;
}

const money = (dollars: number): string => `$${dollars.toFixed(2)}`;

const table = (lines: readonly Line[]): string =>
  [
    "| what | dollars |",
    "| --- | --- |",
    ...lines.map(({ what, dollars }) => `| ${what} | ${money(dollars)} |`),
    `| **together** | **${money(sum(lines))}** |`,
  ].join("\n");

function idleRow(role: Role, made: Counts, prices: Prices): string {
  const lines = idleConnector(made, prices);
  const all = Object.values(made).reduce((total, count) => total + count, 0);
  const told = lines.map(({ what, dollars }) => `${what}: ${money(dollars)}`).join("; ");
  return `| ${role} | ${all}: ${told} | ${money(sum(lines))} |`;
}

function quotas(): readonly string[] {
  const reserved = sizes.dispatch.reserved ?? 0;
  const left = 1_000 - 100;
  return [
    `| concurrent functions of an account and region | 1,000, of which 100 cannot be reserved | ${reserved} for each connector, ${sizes.keeper.reserved} for each gateway | ${Math.floor((left - 1) / reserved)} connectors, or a burst of calls before: ask for more |`,
    "| rules of a bus | 300 | one for each connector that sends or feeds | 300 of those |",
    "| managed policies of a role | 10 | the keeper's and the admin function's, from about 25 connectors on | about 200 connectors |",
    "| tables of an account and region | 2,500 | one for each connector, three for each topology | about 2,490 connectors |",
    "| routes of an HTTP API | 300 | one for each connector that is called | 299 of those |",
    "| requests of an HTTP API | 10,000 a second, of all APIs of an account and region | one for each event that is received | 10,000 events a second |",
    "| writes to one key of a table | 1,000 a second | a page takes many events, an entry has a key of its own | a connector's pages, after some 50,000 events a second |",
    "| an item of a table | 400 KB | an entry with its payload | larger payloads lie in the bucket of each region |",
    "| an event of the bus | 256 KB (check your region: it is being raised) | an event with its envelope | events above that |",
  ];
}
