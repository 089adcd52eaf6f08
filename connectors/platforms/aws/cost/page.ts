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
  EMPTY_ASKS_PER_SECOND,
  idleConnector,
  idleGateway,
  type Line,
  LOOK_SECONDS,
  million,
  type PerEvent,
  type Prices,
  restless,
  sum,
} from "./model.ts";

const data = (name: string): unknown => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const price = z.number().positive();
const page = z.url();
const priceList = z.object({
  region: z.string(),
  asOf: z.string(),
  currency: z.literal("USD"),
  /** Where the prices of each service are listed. */
  pages: z.object({
    lambda: page,
    table: page,
    queue: page,
    bus: page,
    api: page,
    alarm: page,
    secret: page,
    key: page,
    quotas: page,
  }),
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
const step = z.object({ cpuMs: z.number(), reads: z.number(), writes: z.number() });
const stepsOf = z.partialRecord(z.enum(["accept", "dispatch", "read"]), step);
const unitList = z.object({
  from: z.string(),
  events: z.number(),
  perEvent: z.object({ receive: stepsOf, poll: stepsOf, send: stepsOf, feed: stepsOf }),
});
type Steps = z.output<typeof stepsOf>;
const counts = z.record(z.string(), z.number());
const countList = z.object({
  gateway: counts,
  connectors: z.object({ receive: counts, poll: counts, send: counts, feed: counts }),
});

const ROLES: readonly Role[] = ["receive", "poll", "send", "feed"];
/** What brings an event to a connector of each role; a poll fetches it. */
const CALLS: Readonly<Record<Role, PerEvent["calls"]>> = { receive: "api", poll: "none", send: "hub", feed: "hub" };
/** Two gateways' regions and a witness. */
const REGIONS = 2;
const VOTERS = 3;

export function costPage(): string {
  const { region, asOf, prices, pages } = priceList.parse(data("prices.json"));
  const units = unitList.parse(data("units.json"));
  const made = countList.parse(data("counts.json"));
  const gateway = idleGateway(made.gateway, prices, { ttlMs: leases.aws.ttlMs, voters: VOTERS, regions: REGIONS });
  return `# What AWS costs, and where it ends

Written by \`npm run docs\` from the resources that the components make (\`counts.json\` in \`connectors/platforms/aws/cost\`, which
\`npx vitest run infra/stacks.test.ts\` compares with what they make now), from what an event was measured to take
(\`units.json\`), and from list prices of ${region}, ${asOf} (\`prices.json\`): [Lambda](${pages.lambda}), [DynamoDB](${pages.table}),
[SQS](${pages.queue}), [EventBridge](${pages.bus}), [API Gateway](${pages.api}), [CloudWatch](${pages.alarm}), [Secrets Manager](${pages.secret}),
[KMS](${pages.key}). Without free tiers, taxes, data transfer or discounts; check them against your own. Two regions, a witness in a third.

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

${ROLES.map((role) => `### ${role}\n\n${table(million(role, perEventOf(role, units.perEvent[role]), prices, REGIONS))}`).join("\n\n")}

### What an event takes

| role | function | reads | writes | CPU of the handler |
| --- | --- | --- | --- | --- |
${ROLES.flatMap((role) => stepRows(role, units.perEvent[role])).join("\n")}

Measured against emulated tables, ${units.events} events of each role: \`${units.from}\`. Reads and writes are units of the tables. The CPU is of the
machine that measured; calls to services are not in it.

Assumed, not measured: a call to accept lasts ${ACCEPT_SECONDS * 1_000} ms and an event takes ${DISPATCH_SECONDS * 1_000} ms of an engine, calls to services
included; an engine with nothing to do looks for ${LOOK_SECONDS} s; an empty queue is asked ${EMPTY_ASKS_PER_SECOND * 60} times a minute. An event of more than 1 KB
writes one unit more for each KB. Logs are ${money(prices.logGb)} a GB.

## Quotas that bind first

Defaults as [AWS lists them](${pages.quotas}), ${asOf}; what takes them is counted in the components.

| quota | default | what takes it | binds at |
| --- | --- | --- | --- |
${quotas().join("\n")}
`;
}

/** Its functions together, and what brings it. */
const perEventOf = (role: Role, steps: Steps): PerEvent => {
  const all = Object.values(steps);
  const total = (of: "reads" | "writes"): number => Number(all.reduce((sum, step) => sum + step[of], 0).toFixed(1));
  return { reads: total("reads"), writes: total("writes"), calls: CALLS[role] };
};

const stepRows = (role: Role, steps: Steps): readonly string[] =>
  Object.entries(steps).map(
    ([name, { reads, writes, cpuMs }]) => `| ${role} | ${name} | ${reads} | ${writes} | ${cpuMs} ms |`,
  );

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
