// Tables: all have string keys `pk` and `sk`, are paid by request, encrypted under the environment's key and can be restored.
import { Table, type TableArgs } from "@pulumi/aws/dynamodb/table.js";
import type * as pulumi from "@pulumi/pulumi";
import type { Surroundings } from "./function.ts";
import { INBOX_INDEX } from "./names.ts";

export interface TableOptions {
  /** Physical. */
  readonly name: string;
  /** By region; where it stands and where it is replicated to. */
  readonly keyArns: Readonly<Record<string, pulumi.Input<string>>>;
  /** Replicated to these regions beside its own; empty: it is regional. */
  readonly replicas: readonly string[];
  /** Of entries: with the index of those that have no number yet. */
  readonly holdsEntries: boolean;
  readonly protect: boolean;
}

export function makeTable({ parent, region }: Surroundings, child: string, options: TableOptions): Table {
  const { name, keyArns, replicas, holdsEntries, protect } = options;
  return new Table(
    child,
    {
      region,
      name,
      billingMode: "PAY_PER_REQUEST",
      hashKey: "pk",
      rangeKey: "sk",
      attributes: [
        { name: "pk", type: "S" },
        { name: "sk", type: "S" },
      ],
      ttl: { attributeName: "ttl", enabled: true },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, ...keyIn(keyArns, region) },
      deletionProtectionEnabled: protect,
      // Replication needs a stream of both images.
      ...((holdsEntries || replicas.length > 0) && { streamEnabled: true, streamViewType: "NEW_AND_OLD_IMAGES" }),
      ...(replicas.length > 0 && {
        // Each named in full: what a replica does not say is different at every preview.
        replicas: replicas.map((regionName) => ({
          regionName,
          ...keyIn(keyArns, regionName),
          pointInTimeRecovery: true,
          propagateTags: true,
          deletionProtectionEnabled: protect,
          consistencyMode: "EVENTUAL",
        })),
      }),
      ...(holdsEntries && inbox),
    },
    { parent, protect, retainOnDelete: protect },
  );
}

const keyIn = (keyArns: TableOptions["keyArns"], region: string): { kmsKeyArn?: pulumi.Input<string> } => {
  const kmsKeyArn = keyArns[region];
  return kmsKeyArn === undefined ? {} : { kmsKeyArn };
};

const inbox = {
  attributes: [
    { name: "pk", type: "S" },
    { name: "sk", type: "S" },
    { name: "inbox", type: "S" },
    { name: "at", type: "N" },
  ],
  globalSecondaryIndexes: [{ name: INBOX_INDEX, hashKey: "inbox", rangeKey: "at", projectionType: "KEYS_ONLY" }],
} satisfies Partial<TableArgs>;

/** The ARN of a table's stream in each region: a region's functions follow that of their own. */
export function streamArns(table: Table, home: string, replicas: readonly string[]) {
  const there = replicas.map(
    (region) =>
      [
        region,
        table.replicas.apply((all) => all?.find(({ regionName }) => regionName === region)?.streamArn ?? ""),
      ] as const,
  );
  return Object.fromEntries([[home, table.streamArn], ...there]);
}
