// Tables as the components make them, for tests that need a table and no stack.
import { json, type Place } from "./functions.ts";

/** A table of a connector: keys `pk` and `sk`, the sparse index `inbox`, a stream. */
export async function makeTable(place: Place, name: string): Promise<void> {
  const text = (attribute: string) => ({ AttributeName: attribute, AttributeType: "S" });
  const key = (hash: string, range: string) => [
    { AttributeName: hash, KeyType: "HASH" },
    { AttributeName: range, KeyType: "RANGE" },
  ];
  await json(place, "dynamodb", "1.0", "DynamoDB_20120810.CreateTable", {
    TableName: name,
    BillingMode: "PAY_PER_REQUEST",
    AttributeDefinitions: [text("pk"), text("sk"), text("inbox"), { AttributeName: "at", AttributeType: "N" }],
    KeySchema: key("pk", "sk"),
    GlobalSecondaryIndexes: [
      { IndexName: "inbox", KeySchema: key("inbox", "at"), Projection: { ProjectionType: "KEYS_ONLY" } },
    ],
    StreamSpecification: { StreamEnabled: true, StreamViewType: "NEW_AND_OLD_IMAGES" },
  });
}
