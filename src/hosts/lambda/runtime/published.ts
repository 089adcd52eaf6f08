// What an engine tells of its connector, for whoever asks while none runs. In the regional table.
import type { Item, Table } from "../../../aws/dynamo/table.ts";
import type { Done } from "../../../core/ports.ts";
import type { ConnectorStatus, RegionStatus } from "../../../core/status.ts";
import type { ConnectorSpec } from "../../../define/spec.ts";
import { connectorKey } from "./drain.ts";

const mostRead = 200;

export interface Published {
  readonly digest: string;
  readonly paused: boolean;
  /** Of its spec, what people are shown by. */
  readonly spec: Pick<ConnectorSpec, "role" | "personal"> & {
    readonly partner: string;
    readonly capacityBytes: number;
  };
  readonly status: Omit<ConnectorStatus, "ledger">;
  readonly sites: RegionStatus["sites"];
  readonly peers: RegionStatus["peers"];
  readonly ready: boolean;
  readonly incarnation: number;
  readonly pendingBytes: number;
  /** Wall clock, ms. */
  readonly at: number;
}

export const publishedOf = (
  spec: ConnectorSpec,
  { digest, paused }: { readonly digest: string; readonly paused: boolean },
  region: RegionStatus,
): Published | null => {
  const of = region.connectors[spec.name];
  if (of === undefined) return null;
  const { ledger, ...status } = of;
  const { role, personal, partner, hold } = spec;
  const { sites, peers, ready, incarnation, wallMs: at } = region;
  const shown = { role, personal, partner: partner.name, capacityBytes: hold.capacityBytes };
  return {
    digest,
    paused,
    spec: shown,
    status,
    sites,
    peers,
    ready,
    incarnation,
    at,
    pendingBytes: ledger.pendingBytes,
  };
};

export const publish = (table: Table, name: string, published: Published, done: () => void): void =>
  table.update(
    connectorKey(name),
    { set: { published: JSON.stringify(published), pendingBytes: published.pendingBytes } },
    null,
    done,
  );

export interface Told {
  /** null: no engine of the connector has run yet. */
  readonly published: Published | null;
  /** Digest of the definition that was told to drain; null: none. */
  readonly draining: string | null;
}

const toldIn = ({ attributes: { published, draining } }: Item): Told => ({
  published: typeof published === "string" ? (JSON.parse(published) as Published) : null,
  draining: typeof draining === "string" ? draining : null,
});

/** What was told of all connectors that were deployed here, by name; null: the table did not answer. */
export const allPublished = (table: Table, done: Done<ReadonlyMap<string, Told> | null>): void => {
  const found = new Map<string, Told>();
  const next = (above: string | undefined): void =>
    table.query({ pk: connectorKey("").pk, limit: mostRead, ...(above !== undefined && { above }) }, (read) => {
      if (read.kind === "failed") return done(null);
      for (const item of read.items) found.set(item.sk, toldIn(item));
      const last = read.items.at(-1)?.sk;
      if (read.more && last !== undefined) next(last);
      else done(found);
    });
  next(undefined);
};
