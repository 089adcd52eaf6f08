// Stands for DynamoDB global tables: what is written to a table in one region appears in the other regions, later, item by
// item and in no order; of two writes the last one wins. Cut and healed with the regions; nothing is lost over a cut.
import {
  DeleteItemCommand,
  DescribeTableCommand,
  DynamoDBClient,
  PutItemCommand,
  ScanCommand,
  type AttributeValue as Value,
} from "@aws-sdk/client-dynamodb";
import {
  type AttributeValue,
  DescribeStreamCommand,
  DynamoDBStreamsClient,
  GetRecordsCommand,
  GetShardIteratorCommand,
  type _Record as StreamRecord,
} from "@aws-sdk/client-dynamodb-streams";

type Image = Readonly<Record<string, AttributeValue>>;

export interface ReplicatorOptions {
  /** Where each region is emulated: url by region. */
  readonly regions: Readonly<Record<string, string>>;
  /** Names of the tables that are replicated between all of them. */
  readonly tables: readonly string[];
  /** A change appears elsewhere after some time between half of this and this. Milliseconds. */
  readonly lagMs: number;
}

interface Change {
  readonly key: Image;
  /** null: it was removed. */
  readonly image: Image | null;
  /** When it was written, in seconds. */
  readonly at: number;
  readonly from: string;
}

const lookEveryMs = 100;
const retryMs = 250;

const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const stable = (image: Image | null): string =>
  image === null ? "" : JSON.stringify(Object.entries(image).sort(([a], [b]) => (a < b ? -1 : 1)));
const keyOf = ({ pk, sk }: Image): Record<string, Value> => ({ pk: pk ?? { S: "" }, sk: sk ?? { S: "" } });
const nameOf = (key: Image): string => `${key.pk?.S}\n${key.sk?.S}`;

/** One table in one region, as the replicator sees it. */
class Replica {
  readonly region: string;
  readonly table: string;
  readonly #client: DynamoDBClient;
  readonly #streams: DynamoDBStreamsClient;
  readonly #tell: (change: Change) => void;
  /** What stood last, as far as was seen: when it was written, and what. */
  readonly #latest = new Map<string, { readonly at: number; readonly text: string }>();
  #iterator: string | undefined;
  #stream: string | undefined;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;

  constructor(region: string, url: string, table: string, tell: (change: Change) => void) {
    this.region = region;
    this.table = table;
    const config = { region, endpoint: url, credentials, maxAttempts: 1 };
    this.#client = new DynamoDBClient(config);
    this.#streams = new DynamoDBStreamsClient(config);
    this.#tell = tell;
  }

  run(): void {
    void this.#look()
      .catch(() => {
        this.#iterator = undefined;
        return retryMs;
      })
      .then((pauseMs) => {
        if (!this.#stopped) this.#timer = setTimeout(() => this.run(), pauseMs);
      });
  }

  stop(): void {
    this.#stopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#client.destroy();
    this.#streams.destroy();
  }

  /** Whether this is newer than what stands here; of two written in one second, that of the region which the key names. */
  isNewer({ key, image, at, from }: Change): boolean {
    const known = this.#latest.get(nameOf(key));
    if (known === undefined) return true;
    if (known.text === stable(image)) return false;
    if (known.at !== at) return at > known.at;
    return key.pk?.S?.startsWith(from) === true;
  }

  async write(change: Change): Promise<void> {
    const { key, image, at } = change;
    this.#latest.set(nameOf(key), { at, text: stable(image) });
    const where = { TableName: this.table };
    if (image === null) await this.#client.send(new DeleteItemCommand({ ...where, Key: keyOf(key) }));
    // The two clients' types of an attribute are one.
    else await this.#client.send(new PutItemCommand({ ...where, Item: image as Record<string, Value> }));
  }

  /** All that stands here, as a new replica is filled. */
  async backfill(to: Replica): Promise<void> {
    let start: Record<string, Value> | undefined;
    do {
      const page = await this.#client.send(new ScanCommand({ TableName: this.table, ExclusiveStartKey: start }));
      for (const item of page.Items ?? []) {
        // As above.
        const image = item as Image;
        await to.write({ key: keyOf(image) as Image, image, at: 0, from: this.region });
      }
      start = page.LastEvaluatedKey;
    } while (start !== undefined);
  }

  async #look(): Promise<number> {
    this.#iterator ??= await this.#begin();
    if (this.#iterator === undefined) return retryMs;
    const { Records = [], NextShardIterator } = await this.#streams.send(
      new GetRecordsCommand({ ShardIterator: this.#iterator, Limit: 500 }),
    );
    this.#iterator = NextShardIterator;
    for (const record of Records) this.#note(record);
    return Records.length > 0 ? 0 : lookEveryMs;
  }

  /** From the first record that is kept: what was replicated before is seen to be there. */
  async #begin(): Promise<string | undefined> {
    if (this.#stream === undefined) {
      const { Table } = await this.#client.send(new DescribeTableCommand({ TableName: this.table }));
      this.#stream = Table?.LatestStreamArn;
    }
    const { StreamDescription } = await this.#streams.send(new DescribeStreamCommand({ StreamArn: this.#stream }));
    const ShardId = StreamDescription?.Shards?.at(-1)?.ShardId;
    const { ShardIterator } = await this.#streams.send(
      new GetShardIteratorCommand({ StreamArn: this.#stream, ShardId, ShardIteratorType: "TRIM_HORIZON" }),
    );
    return ShardIterator;
  }

  #note({ dynamodb }: StreamRecord): void {
    const { Keys: key, NewImage, ApproximateCreationDateTime } = dynamodb ?? {};
    if (key === undefined) return;
    const image = NewImage ?? null;
    const known = this.#latest.get(nameOf(key));
    const at = (ApproximateCreationDateTime?.getTime() ?? 0) / 1_000;
    // Written here by the replicator itself, or seen before.
    if (known?.text === stable(image) || (known !== undefined && known.at > at)) return;
    this.#latest.set(nameOf(key), { at, text: stable(image) });
    this.#tell({ key, image, at, from: this.region });
  }
}

export class Replicator {
  readonly #replicas: readonly Replica[];
  readonly #lagMs: number;
  readonly #cut = new Set<string>();
  #held: { readonly to: Replica; readonly change: Change }[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor({ regions, tables, lagMs }: ReplicatorOptions) {
    this.#lagMs = lagMs;
    this.#replicas = tables.flatMap((table) =>
      Object.entries(regions).map(([region, url]): Replica => {
        const replica: Replica = new Replica(region, url, table, (change) => this.#spread(replica, change));
        return replica;
      }),
    );
  }

  run(): void {
    for (const replica of this.#replicas) replica.run();
  }

  stop(): void {
    for (const replica of this.#replicas) replica.stop();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Nothing goes between a region and the others any more; it is kept. */
  cut(region: string): void {
    this.#cut.add(region);
  }

  /** What was on its way from or to a region is lost with it. */
  forget(region: string): void {
    this.#held = this.#held.filter(({ to, change }) => to.region !== region && change.from !== region);
  }

  heal(): void {
    this.#cut.clear();
    for (const { to, change } of this.#held.splice(0)) this.#later(to, change);
  }

  /** Fills the tables of a region that lost them from another one. */
  async backfill(region: string, from: string): Promise<void> {
    for (const to of this.#replicas.filter((replica) => replica.region === region)) {
      await this.#replicas.find((replica) => replica.region === from && replica.table === to.table)?.backfill(to);
    }
  }

  #spread(from: Replica, change: Change): void {
    for (const to of this.#replicas) if (to.table === from.table && to !== from) this.#later(to, change);
  }

  /** Each by itself: later changes overtake earlier ones of other items. */
  #later(to: Replica, change: Change, pauseMs = this.#lagMs * (0.5 + Math.random() / 2)): void {
    if (this.#cut.has(to.region) || this.#cut.has(change.from)) {
      this.#held.push({ to, change });
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (this.#cut.has(to.region) || this.#cut.has(change.from)) this.#held.push({ to, change });
      else if (to.isNewer(change)) void to.write(change).catch(() => this.#later(to, change, retryMs));
    }, pauseMs);
    this.#timers.add(timer);
  }
}
