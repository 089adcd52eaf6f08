import type { AwsClient } from "../../../aws/client.ts";
import { withLargePayloads } from "../../../aws/dynamo/large-payloads.ts";
import type { Table } from "../../../aws/dynamo/table.ts";
import { type Bucket, S3Payloads } from "../../../aws/s3/s3-payloads.ts";

export interface PayloadPlace {
  readonly client: AwsClient;
  readonly region: string;
  readonly regions: readonly string[];
  /** Of this region, whose name it ends in. null: what is too large for a table is refused. */
  readonly payloadBucket: string | null;
  readonly connector: string;
}

/**
 * A connector's table that takes payloads of any size, which lie in the bucket of the table's region. What is written here
 * is copied to the other regions as well, as far as they answer: whoever takes over reads the payload as it reads the entry.
 *
 * @param at region of the table
 */
export const withBuckets = (table: Table, at: string, place: PayloadPlace): Table => {
  const { client, region, regions, connector } = place;
  const bucketOf = bucketsOf(place);
  if (bucketOf === null) return table;
  const isHere = at === region;
  const others = isHere ? regions.filter((other) => other !== at).map(bucketOf) : [];
  const prefix = `${connector}/`;
  return withLargePayloads(table, new S3Payloads({ client, bucket: bucketOf(at), prefix, others, copies: isHere }));
};

const bucketsOf = ({ region, payloadBucket }: PayloadPlace): ((of: string) => Bucket) | null => {
  if (payloadBucket === null) return null;
  const beginning = payloadBucket.slice(0, -region.length);
  return (of) => ({ region: of, name: beginning + of });
};
