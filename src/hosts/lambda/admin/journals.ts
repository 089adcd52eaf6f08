import type { AwsClient } from "../../../aws/client.ts";
import { DynamoTable } from "../../../aws/dynamo/dynamo-table.ts";
import type { Table } from "../../../aws/dynamo/table.ts";
import type { Journal } from "../../../core/ports.ts";
import { Refused } from "../../shared/admin-routes.ts";
import type { AdminConfig } from "../config.ts";
import { EngineStore } from "../dispatch/store.ts";
import { withBuckets } from "../runtime/payloads.ts";
import type { Surroundings } from "../runtime/surroundings.ts";
import { pullAll } from "./pull-all.ts";

/** What was read serves whoever asks within this time. Milliseconds. */
const freshMs = 1_000;

export interface Journals {
  readonly regionalTable: Table;
  /** All that is known in this region of a connector's journals, now. @throws Refused where they cannot be read */
  journalOf(connector: string): Promise<Journal>;
}

interface Read {
  readonly journal: Promise<Journal>;
  /** Monotonic, ms. */
  readonly at: number;
}

export const journalsOf = (surroundings: Surroundings, config: AdminConfig, client: AwsClient): Journals => {
  const { clock, random } = surroundings;
  const { region, regions } = config;
  const table = (name: string): Table => new DynamoTable({ client, region, name });
  const regionalTable = table(config.regionalTable);
  const reads = new Map<string, Read>();
  const read = async (connector: string): Promise<Journal> => {
    const deployed = config.connectors[connector];
    if (deployed === undefined) throw new Refused(`no connector '${connector}' is here`);
    const store = new EngineStore({
      clock,
      random,
      region,
      regions,
      connector,
      table: withBuckets(table(deployed.table), region, { ...config, client, connector }),
      regionalTable,
      gatewayTable: table(config.gatewayTable),
      replicas: null,
      staleMs: config.lease.ttlMs,
      tells: false,
    });
    const isOpen = await new Promise<boolean>((done) => store.open(done));
    if (!isOpen) throw new Refused(`the journals of '${connector}' cannot be read now`);
    await new Promise((done) => store.sweep([], done));
    await pullAll(store, config);
    return store.journal;
  };
  return {
    regionalTable,
    journalOf: (connector) => {
      const known = reads.get(connector);
      const now = clock.monotonicMs();
      if (known !== undefined && now - known.at < freshMs) return known.journal;
      const journal = read(connector);
      reads.set(connector, { journal, at: now });
      journal.catch(() => reads.delete(connector));
      return journal;
    },
  };
};
