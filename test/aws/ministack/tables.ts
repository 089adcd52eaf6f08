// Tables as the components make them, for tests that need a table and no stack.
import { AwsClient } from "../../../src/aws/client.ts";
import { Endpoints } from "../../../src/aws/endpoints.ts";
import { callJson } from "../../../src/aws/json.ts";
import type { Ministack } from "./ministack.ts";

/** A table of a connector: keys `pk` and `sk`, the sparse index `inbox`, a stream. */
export async function makeTable({ url, region }: Pick<Ministack, "url" | "region">, name: string): Promise<void> {
  const client = new AwsClient(
    () => ({ accessKeyId: "test", secretAccessKey: "test" }),
    new Endpoints({ [region]: url }),
  );
  const text = (attribute: string) => ({ AttributeName: attribute, AttributeType: "S" });
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];
  const answer = await callJson(client, {
    service: "dynamodb",
    region,
    version: "1.0",
    target: "DynamoDB_20120810.CreateTable",
    timeoutMs: 10_000,
    input: {
      TableName: name,
      BillingMode: "PAY_PER_REQUEST",
      AttributeDefinitions: [text("pk"), text("sk"), text("inbox"), { AttributeName: "at", AttributeType: "N" }],
      KeySchema: key("pk", "sk"),
      GlobalSecondaryIndexes: [
        { IndexName: "inbox", KeySchema: key("inbox", "at"), Projection: { ProjectionType: "KEYS_ONLY" } },
      ],
      StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
    },
  });
  if (answer.kind !== "done") throw new Error(`table ${name} was not made: ${JSON.stringify(answer)}`);
}
