// What a function is told when it is deployed: names and addresses, never a secret. JSON in its variable `ISTHMUS`.
import * as z from "zod/mini";

const lease = z.object({ ttlMs: z.number(), marginMs: z.number(), requestTimeoutMs: z.number() });

/** What all functions of one region and topology mode share. */
const shared = {
  environment: z.string(),
  mode: z.enum(["active-active", "primary-secondary"]),
  region: z.string(),
  /** Ordered; in primary-secondary the first is the primary. */
  regions: z.array(z.string()),
  /** Region of the voter that is no gateway; null: the number of regions is odd. */
  witness: z.nullable(z.string()),
  lease,
  /** Not replicated: one in each region, and in the witness's, of the same name. */
  regionalTable: z.string(),
  /** Replicated: what the gateways of all regions tell each other. */
  gatewayTable: z.string(),
  /** Of this region. */
  busName: z.string(),
  /**
   * Payloads that are too large for a table, in this region; null: such are refused. Its name ends in the region: that of
   * another region ends in the other. A connector's objects begin with `<name>/`, and it may touch no others.
   */
  payloadBucket: z.nullable(z.string()),
  /** Put before the name of a secret in the secret manager. */
  secretPrefix: z.string(),
  /** Urls that take the place of all services of a region: an emulator's. */
  endpoints: z.record(z.string(), z.string()),
  /** Addresses of loopback that partners may have: with an emulator only. */
  loopback: z.array(z.string()),
};

const connector = z.object({
  role: z.enum(["receive", "poll", "send", "feed"]),
  /** Replicated. */
  table: z.string(),
  /** The function that dispatches, polls and looks after the connector's journals. */
  dispatchFunction: z.string(),
});

export const keeperConfig = z.object({
  ...shared,
  keeperFunction: z.string(),
  connectors: z.record(z.string(), connector),
});

export const connectorConfig = z.object({
  ...shared,
  name: z.string(),
  role: z.enum(["receive", "poll", "send", "feed"]),
  table: z.string(),
  dispatchFunction: z.string(),
  /** Of the definition's bundle. */
  digest: z.string(),
  settings: z.record(z.string(), z.string()),
  /** Names of the secrets that the role uses. In the secret manager each is `<secretPrefix><name>`. */
  secrets: z.array(z.string()),
  /** Of a feed: whole name of the secret that its cursors are signed by, the same in every region. Others: null. */
  cursorSecret: z.nullable(z.string()),
  paused: z.boolean(),
  /** Networks of ours in which the partner has a private endpoint. Default: none. */
  privateNetworks: z.exactOptional(z.array(z.string())),
  /** Url of a proxy that calls to the partner go through: with an emulator only. Default: none. */
  outboundProxy: z.exactOptional(z.string()),
});

/** The admin function sees the journals of all connectors. */
export const adminConfig = z.object({
  ...shared,
  connectors: z.record(z.string(), z.extend(connector, { digest: z.string() })),
});

export type KeeperConfig = z.output<typeof keeperConfig>;
export type ConnectorConfig = z.output<typeof connectorConfig>;
export type AdminConfig = z.output<typeof adminConfig>;
