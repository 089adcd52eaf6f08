import { afterAll, beforeAll, describe, vi } from "vitest";
import { type Ministack, startMinistack } from "../../../test/aws/ministack/ministack.ts";
import { makeTable } from "../../../test/aws/ministack/tables.ts";
import { AwsClient } from "../../aws/client.ts";
import { DynamoTable } from "../../aws/dynamo/dynamo-table.ts";
import { withLargePayloads } from "../../aws/dynamo/large-payloads.ts";
import { MemoryTable } from "../../aws/dynamo/memory-table.ts";
import type { Table } from "../../aws/dynamo/table.ts";
import { Endpoints } from "../../aws/endpoints.ts";
import { journalContract, type OpenStore } from "../contract.ts";
import { ReplicatedJournal, systemClock } from "./testing.ts";
import { memoryPayloads, partOf, refusing } from "./testing-tables.ts";

/** @param newTable an empty one */
const over =
  (newTable: () => Table): OpenStore =>
  async (region) => {
    const tables = new Map<string, Table>();
    const gate = { full: false };
    const tableOf = (connector: string): Table => {
      const table = tables.get(connector) ?? refusing(newTable(), gate);
      tables.set(connector, table);
      return table;
    };
    const regions = [region, "west", "north"];
    const start = (): ReplicatedJournal =>
      new ReplicatedJournal(
        { region, regions, clock: systemClock, random: Math.random, table: tableOf },
        (connector) => void tables.delete(connector),
      );
    let journal = start();
    const again = async (): Promise<void> => {
      journal = start();
      for (const connector of tables.keys()) await new Promise((done) => journal.load(connector, done));
    };
    return {
      get journal() {
        return journal;
      },
      reopen: again,
      crash: again,
      setFull: async (full) => {
        gate.full = full;
      },
      dispose: async () => {},
    };
  };

journalContract(
  "on DynamoDB, over a table in memory",
  over(() => new MemoryTable()),
);

describe("on an emulated DynamoDB", () => {
  let aws: Ministack;
  const payloads = memoryPayloads();
  let parts = 0;
  // Thousands of calls to a process that answers one after the other.
  vi.setConfig({ testTimeout: 120_000 });
  beforeAll(async () => {
    aws = await startMinistack({ region: "us-east-1" });
    await makeTable(aws, "events");
  }, 120_000);
  afterAll(() => aws?.kill());

  const newPart = (): Table => {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new AwsClient(() => credentials, new Endpoints({ "us-east-1": aws.url }));
    parts += 1;
    const table = new DynamoTable({ client, region: "us-east-1", name: "events" });
    return withLargePayloads(partOf(table, `part-${parts}`), payloads);
  };
  journalContract("on DynamoDB", over(newPart));
});
