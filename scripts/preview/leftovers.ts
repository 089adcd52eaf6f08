// What of a preview is still in the account. Looked for by name: each name carries the environment, also of what has no tags
// and of what a service made by itself, such as the logs of a function that is gone.
import { GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { DeleteLogGroupCommand, paginateDescribeLogGroups } from "@aws-sdk/client-cloudwatch-logs";
import { paginateListTables } from "@aws-sdk/client-dynamodb";
import { ListArchivesCommand, ListEventBusesCommand } from "@aws-sdk/client-eventbridge";
import { paginateListRoles } from "@aws-sdk/client-iam";
import { paginateListAliases } from "@aws-sdk/client-kms";
import { paginateListEventSourceMappings, paginateListFunctions } from "@aws-sdk/client-lambda";
import { paginateListSchedules } from "@aws-sdk/client-scheduler";
import { paginateListSecrets } from "@aws-sdk/client-secrets-manager";
import { paginateListQueues } from "@aws-sdk/client-sqs";
import type { AwsCall } from "../../src/aws/client.ts";
import type { Clients } from "./clients.ts";
import { ifThere } from "./if-there.ts";

export interface Leftover {
  /** `every region` of what has none. */
  readonly region: string;
  readonly kind: string;
  readonly name: string;
}

type Pages = AsyncIterable<readonly (string | undefined)[]>;
type Kind = (clients: Clients, region: string) => Pages;

/** In front of the names of all that we make of these. */
const NamePrefix = "isthmus";
const callMs = 20_000;

const kinds: Readonly<Record<string, Kind>> = {
  async *table(clients, region) {
    const pages = paginateListTables({ client: clients.dynamodb(region) }, {});
    for await (const { TableNames = [] } of pages) yield TableNames;
  },
  async *function(clients, region) {
    const pages = paginateListFunctions({ client: clients.lambda(region) }, {});
    for await (const { Functions = [] } of pages) yield Functions.map(({ FunctionName }) => FunctionName);
  },
  async *"event source"(clients, region) {
    const pages = paginateListEventSourceMappings({ client: clients.lambda(region) }, {});
    for await (const { EventSourceMappings = [] } of pages)
      yield EventSourceMappings.flatMap(({ FunctionArn, State }) =>
        State === "Deleting" ? [] : [FunctionArn?.split(":").at(-1)],
      );
  },
  async *queue(clients, region) {
    const pages = paginateListQueues({ client: clients.sqs(region) }, { QueueNamePrefix: NamePrefix });
    for await (const { QueueUrls = [] } of pages) yield QueueUrls.map((url) => url.split("/").at(-1));
  },
  async *bus(clients, region) {
    const { EventBuses = [] } = await clients.events(region).send(new ListEventBusesCommand({ NamePrefix }));
    yield EventBuses.map(({ Name }) => Name);
  },
  async *archive(clients, region) {
    const { Archives = [] } = await clients.events(region).send(new ListArchivesCommand({ NamePrefix }));
    yield Archives.map(({ ArchiveName }) => ArchiveName);
  },
  async *api(clients, region) {
    let NextToken: string | undefined;
    do {
      const page = await clients.api(region).send(new GetApisCommand({ NextToken }));
      yield (page.Items ?? []).map(({ Name }) => Name);
      NextToken = page.NextToken;
    } while (NextToken !== undefined);
  },
  async *schedule(clients, region) {
    const pages = paginateListSchedules({ client: clients.scheduler(region) }, { NamePrefix });
    for await (const { Schedules = [] } of pages) yield Schedules.map(({ Name }) => Name);
  },
  async *secret(clients, region) {
    const pages = paginateListSecrets({ client: clients.secrets(region) }, {});
    for await (const { SecretList = [] } of pages)
      yield SecretList.flatMap(({ Name, DeletedDate }) => (DeletedDate === undefined ? [Name] : []));
  },
  // The key itself waits for its deletion, without an alias.
  async *"key alias"(clients, region) {
    const pages = paginateListAliases({ client: clients.kms(region) }, {});
    for await (const { Aliases = [] } of pages) yield Aliases.map(({ AliasName }) => AliasName);
  },
  async *logs(clients, region) {
    const pages = paginateDescribeLogGroups({ client: clients.logs(region) }, {});
    for await (const { logGroups = [] } of pages) yield logGroups.map(({ logGroupName }) => logGroupName);
  },
  async *bucket(clients, region) {
    const xml = await asked(clients, { service: "s3", region, method: "GET", timeoutMs: callMs });
    // The list is of all regions; names of ours end in theirs.
    yield named(xml, "Name").filter((name) => name.endsWith(`-${region}`));
  },
  async *alarm(clients, region) {
    const Action = "DescribeAlarms";
    const body = new URLSearchParams({ Action, Version: "2010-08-01", AlarmNamePrefix: NamePrefix }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    yield named(await asked(clients, { service: "monitoring", region, headers, body, timeoutMs: callMs }), "AlarmName");
  },
};

/** What IAM has, which knows no regions. */
const role: Kind = async function* (clients, region) {
  for await (const { Roles = [] } of paginateListRoles({ client: clients.iam(region) }, {}))
    yield Roles.map(({ RoleName }) => RoleName);
};

/** @throws where a service does not say what it has */
export async function leftoversOf(
  clients: Clients,
  regions: readonly string[],
  environment: string,
): Promise<readonly Leftover[]> {
  const kindsIn = regions.flatMap((region) =>
    Object.entries(kinds).map(([kind, list]) => ({ region, kind, pages: list(clients, region) })),
  );
  const first = regions[0] ?? "";
  const all = [...kindsIn, { region: "every region", kind: "role", pages: role(clients, first) }];
  const found = await Promise.all(all.map((one) => of(environment, one)));
  return found.flat();
}

/** A function that was at work as it was removed tells of its end, and so makes its log group again. */
export async function removeLogs(clients: Clients, left: readonly Leftover[]): Promise<void> {
  for (const { kind, region, name: logGroupName } of left) {
    if (kind === "logs") await ifThere(clients.logs(region).send(new DeleteLogGroupCommand({ logGroupName })));
  }
}

async function of(environment: string, { region, kind, pages }: { region: string; kind: string; pages: Pages }) {
  const left: Leftover[] = [];
  try {
    for await (const names of pages)
      for (const name of names) if (name !== undefined && isOf(environment, name)) left.push({ region, kind, name });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`what there is of the kind '${kind}' in ${region} is not known: ${why}`, { cause: error });
  }
  return left;
}

/** Names are joined by what no environment has in its own, but for those of buckets. */
export function isOf(environment: string, name: string): boolean {
  const parts = /^(?:.*\/)?isthmus(?:[_/](?<joined>[a-z0-9-]+)(?:[_/]|$)|-(?<bucket>.+)-(?:aa|ps)-\d{12}-)/.exec(name);
  return parts?.groups?.joined === environment || parts?.groups?.bucket === environment;
}

async function asked(clients: Clients, call: AwsCall): Promise<string> {
  const answer = await clients.signed.call(call);
  if (answer.kind === "answered" && answer.status === 200) return answer.body;
  throw new Error(answer.kind === "silent" ? answer.reason : `${answer.status} ${answer.body}`);
}

const named = (xml: string, element: string): readonly string[] =>
  [...xml.matchAll(new RegExp(`<${element}>([^<]+)</${element}>`, "g"))].map(([, name = ""]) => name);

/** @param left null: it is not known */
export function textOf(left: readonly Leftover[] | null, { stack, name }: { stack: string; name: string }): string {
  const again = `npm run preview:test -- --stack ${stack} --name ${name} --destroy`;
  if (left === null) return `What is left is not known. Look again: ${again}`;
  if (left.length === 0) return "Nothing is left.";
  const lines = left.map(({ region, kind, name: what }) => `  ${region}: ${kind} ${what}`);
  return [`${left.length} left:`, ...lines, `Try again: ${again}`].join("\n");
}
