// The port `Table` over DynamoDB's own protocol.
import type { Done } from "../../core/done.ts";
import type { AwsClient } from "../client.ts";
import { callJson, isBusy, type JsonAnswer } from "../json.ts";
import { conditionOf, itemOf, keyOf, marshalled, updateOf } from "./attributes.ts";
import type { Change, Condition, Got, Item, ItemKey, Read, Table, TableFailure, TableQuery, Written } from "./table.ts";
import { consumedOf, type Units } from "./units.ts";

export interface DynamoTableOptions {
  readonly client: AwsClient;
  readonly region: string;
  /** The table's name. */
  readonly name: string;
  /** For one attempt, in milliseconds. Default 5,000. */
  readonly timeoutMs?: number;
  /** Told what each call has cost. */
  readonly units?: Units;
}

const mostPerGet = 100;

export class DynamoTable implements Table {
  readonly #options: DynamoTableOptions;

  constructor(options: DynamoTableOptions) {
    this.#options = options;
  }

  put(item: Item, condition: Condition | null, done: Done<Written>): void {
    const input = { Item: marshalled(item), ...conditionOf(condition) };
    void this.#call("PutItem", input).then((answer) => done(writtenOf(answer)));
  }

  update(key: ItemKey, change: Change, condition: Condition | null, done: Done<Written>): void {
    const input = { Key: keyOf(key), ...updateOf(change, condition) };
    void this.#call("UpdateItem", input).then((answer) => done(writtenOf(answer)));
  }

  remove(key: ItemKey, done: Done<Written>): void {
    void this.#call("DeleteItem", { Key: keyOf(key) }).then((answer) => done(writtenOf(answer)));
  }

  get(keys: readonly ItemKey[], consistent: boolean, done: Done<Got | TableFailure>): void {
    void this.#getAll(keys, consistent).then(done);
  }

  query(
    { pk, above, upTo, limit, descending = false, consistent = false }: TableQuery,
    done: Done<Read | TableFailure>,
  ): void {
    const range =
      above !== undefined && upTo !== undefined
        ? " AND sk BETWEEN :above AND :upTo"
        : above !== undefined
          ? " AND sk > :above"
          : upTo !== undefined
            ? " AND sk <= :upTo"
            : "";
    const input = {
      KeyConditionExpression: `pk = :pk${range}`,
      ExpressionAttributeValues: {
        ":pk": { S: pk },
        ...(above !== undefined && { ":above": { S: above } }),
        ...(upTo !== undefined && { ":upTo": { S: upTo } }),
      },
      // BETWEEN takes `above` itself in, which is left out below.
      Limit: limit + (above !== undefined && upTo !== undefined ? 1 : 0),
      ScanIndexForward: !descending,
      ConsistentRead: consistent,
    };
    void this.#call("Query", input).then((answer) => {
      const read = readOf(answer);
      done(
        read.kind === "read" ? { ...read, items: read.items.filter(({ sk }) => sk !== above).slice(0, limit) } : read,
      );
    });
  }

  inbox(inbox: string, limit: number, done: Done<Read | TableFailure>): void {
    const input = {
      IndexName: "inbox",
      KeyConditionExpression: "inbox = :inbox",
      ExpressionAttributeValues: { ":inbox": { S: inbox } },
      Limit: limit,
    };
    void this.#call("Query", input).then((answer) => done(readOf(answer)));
  }

  async #getAll(keys: readonly ItemKey[], consistent: boolean): Promise<Got | TableFailure> {
    const found = new Map<string, Item>();
    let asked = unique(keys);
    while (asked.length > 0) {
      const input = {
        RequestItems: {
          [this.#options.name]: { Keys: asked.slice(0, mostPerGet).map(keyOf), ConsistentRead: consistent },
        },
      };
      const answer = await this.#call("BatchGetItem", input, false);
      if (answer.kind !== "done") return failureOf(answer);
      const { items, unprocessed } = gotten(answer.output, this.#options.name);
      for (const item of items) found.set(textOf(item), item);
      asked = [...unprocessed, ...asked.slice(mostPerGet)];
    }
    return { kind: "got", items: keys.map((key) => found.get(textOf(key)) ?? null) };
  }

  async #call(operation: string, input: object, named = true): Promise<JsonAnswer> {
    const { client, region, name, timeoutMs = 5_000, units } = this.#options;
    const answer = await callJson(client, {
      service: "dynamodb",
      region,
      version: "1.0",
      target: `DynamoDB_20120810.${operation}`,
      input: { ...(named && { TableName: name }), ...input, ReturnConsumedCapacity: "TOTAL" },
      timeoutMs,
    });
    if (answer.kind === "done" && units !== undefined) units(operation, consumedOf(answer.output));
    return answer;
  }
}

const textOf = ({ pk, sk }: ItemKey): string => `${pk}\n${sk}`;
const unique = (keys: readonly ItemKey[]): readonly ItemKey[] => [
  ...new Map(keys.map((key) => [textOf(key), key])).values(),
];

const failureOf = (answer: Exclude<JsonAnswer, { kind: "done" }>): TableFailure => {
  if (answer.kind === "silent") return { kind: "failed", reason: "silent", detail: answer.reason };
  const detail = `${answer.code}: ${answer.message}`;
  if (isBusy(answer)) return { kind: "failed", reason: "throttled", detail };
  const tooLarge = answer.code === "ValidationException" && /size/i.test(answer.message);
  return { kind: "failed", reason: tooLarge ? "too-large" : "refused", detail };
};

const writtenOf = (answer: JsonAnswer): Written => {
  if (answer.kind === "done") return { kind: "written" };
  if (answer.kind === "refused" && answer.code === "ConditionalCheckFailedException") {
    return { kind: "unmet", item: itemOf(Reflect.get(Object(answer.body), "Item")) };
  }
  return failureOf(answer);
};

const readOf = (answer: JsonAnswer): Read | TableFailure => {
  if (answer.kind !== "done") return failureOf(answer);
  const { Items, LastEvaluatedKey } = { ...Object(answer.output) };
  return { kind: "read", items: itemsOf(Items), more: LastEvaluatedKey !== undefined && LastEvaluatedKey !== null };
};

const itemsOf = (values: unknown): readonly Item[] =>
  Array.isArray(values) ? values.map(itemOf).filter((item) => item !== null) : [];

const gotten = (
  output: unknown,
  table: string,
): { readonly items: readonly Item[]; readonly unprocessed: readonly ItemKey[] } => {
  const { Responses, UnprocessedKeys } = { ...Object(output) };
  const left: unknown = Reflect.get(Object(Reflect.get(Object(UnprocessedKeys), table)), "Keys");
  return { items: itemsOf(Reflect.get(Object(Responses), table)), unprocessed: itemsOf(left) };
};
