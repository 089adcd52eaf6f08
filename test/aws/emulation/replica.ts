// One table in one region, as the replicator sees it: what is written there, and what it is told to write.
import * as z from "zod";
import { clientFor, type Place } from "../ministack/functions.ts";

const image = z.record(z.string(), z.unknown());
export type Image = z.output<typeof image>;

/** When and where something was first written: by this the last writer wins. */
export interface Written {
  readonly ms: number;
  readonly region: string;
}

export interface Change {
  readonly key: Image;
  /** null: it was removed. */
  readonly image: Image | null;
  readonly written: Written;
}

type Headers = Readonly<Record<string, string>>;

const described = z.object({ Table: z.object({ LatestStreamArn: z.string() }) });
const stream = z.object({ StreamDescription: z.object({ Shards: z.array(z.object({ ShardId: z.string() })).min(1) }) });
const shardIterator = z.object({ ShardIterator: z.string() });
const record = z.object({
  userIdentity: z.object({ PrincipalId: z.string() }).optional(),
  dynamodb: z.object({ Keys: image, NewImage: image.optional(), SequenceNumber: z.string() }),
});
const records = z.object({ Records: z.array(record), NextShardIterator: z.string() });
const page = z.object({ Items: z.array(image), LastEvaluatedKey: image.optional() });

const retryMs = 250;
/** A region that is frozen does not answer; nothing waits for it longer. A read waits a second for records. */
const answerMs = 3_000;
/** Of a sequence number: milliseconds, before a count. */
const timeDigits = 20;
const perRead = 500;
const tables = "DynamoDB_20120810";
const streams = "DynamoDBStreams_20120810";

export class Replica {
  readonly region: string;
  readonly table: string;
  readonly #place: Place;
  readonly #tell: (change: Change) => void;
  /** Where the next read begins; null: after `#after`. */
  #iterator: string | null = null;
  /** The stream that is read, and the last record of it that was. A table that was made again has another. */
  #stream: string | null = null;
  #after: string | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isStopped = false;

  constructor(place: Place, table: string, tell: (change: Change) => void) {
    this.region = place.region;
    this.table = table;
    this.#place = place;
    this.#tell = tell;
  }

  run(): void {
    void this.#look().then(
      () => this.#again(0),
      () => {
        this.#iterator = null;
        this.#again(retryMs);
      },
    );
  }

  stop(): void {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** Has the region write it, unless what stands there is newer. @throws where it does not answer */
  async write({ key, image: item, written: { ms, region } }: Change): Promise<void> {
    const [action, what] = item === null ? ["DeleteItem", { Key: key }] : ["PutItem", { Item: item }];
    await this.#call(tables, action, { TableName: this.table, ...what }, { "x-isthmus-written": `${ms} ${region}` });
  }

  /** All that stands here, page by page. @throws where it does not answer */
  async *items(): AsyncGenerator<readonly Image[]> {
    let start: Image | undefined;
    do {
      const read = page.parse(
        await this.#call(tables, "Scan", { TableName: this.table, ExclusiveStartKey: start, ConsistentRead: true }),
      );
      yield read.Items;
      start = read.LastEvaluatedKey;
    } while (start !== undefined);
  }

  #again(pauseMs: number): void {
    if (!this.#isStopped) this.#timer = setTimeout(() => this.run(), pauseMs);
  }

  async #look(): Promise<void> {
    this.#iterator ??= await this.#begin();
    const input = { ShardIterator: this.#iterator, Limit: perRead };
    const { Records, NextShardIterator } = records.parse(
      await this.#call(streams, "GetRecords", input, { "x-isthmus-wait": "1" }),
    );
    for (const read of Records) this.#note(read);
    this.#iterator = NextShardIterator;
  }

  /** After the last record that was read; of a stream that was not read yet, from its first. */
  async #begin(): Promise<string> {
    const { LatestStreamArn } = described.parse(
      await this.#call(tables, "DescribeTable", { TableName: this.table }),
    ).Table;
    if (this.#stream !== LatestStreamArn) this.#after = null;
    this.#stream = LatestStreamArn;
    const { Shards } = stream.parse(
      await this.#call(streams, "DescribeStream", { StreamArn: this.#stream }),
    ).StreamDescription;
    const from =
      this.#after === null
        ? { ShardIteratorType: "TRIM_HORIZON" }
        : { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: this.#after };
    const input = { StreamArn: this.#stream, ShardId: Shards.at(-1)?.ShardId, ...from };
    return shardIterator.parse(await this.#call(streams, "GetShardIterator", input)).ShardIterator;
  }

  #note({ userIdentity, dynamodb: { Keys: key, NewImage, SequenceNumber } }: z.output<typeof record>): void {
    this.#after = SequenceNumber;
    if (userIdentity?.PrincipalId === "replication" || this.#isStopped) return;
    const written = { ms: Number(SequenceNumber.slice(0, timeDigits)), region: this.region };
    this.#tell({ key, image: NewImage ?? null, written });
  }

  async #call(service: string, action: string, input: object, headers: Headers = {}): Promise<unknown> {
    const answer = await clientFor(this.#place).call({
      service: "dynamodb",
      region: this.region,
      headers: { "content-type": "application/x-amz-json-1.0", "x-amz-target": `${service}.${action}`, ...headers },
      body: JSON.stringify(input),
      timeoutMs: answerMs,
    });
    if (answer.kind === "answered" && answer.status === 200) return JSON.parse(answer.body);
    const why = answer.kind === "silent" ? answer.reason : answer.body;
    throw new Error(`${action} of ${this.table} in ${this.region}: ${why}`);
  }
}
