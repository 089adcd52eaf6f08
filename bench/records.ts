import type { EntryRecord, SettlementRecord } from "../src/core/records.ts";

const filling = "x".repeat(900);

/** An entry of about 1 KB, with an identity that is spread like a uuid. */
export const entryOf = (name: string): EntryRecord => ({
  kind: "entry",
  identity: identityOf(name),
  key: null,
  sequence: null,
  payload: JSON.stringify({ headers: { "content-type": "application/json" }, body: filling, name }),
  acceptedAt: Date.now(),
  after: { "west.1": 12_345 },
});

export const deliveryOf = (name: string): SettlementRecord => ({
  kind: "settlement",
  identity: identityOf(name),
  round: 0,
  outcome: "delivered",
  site: "primary",
  home: "primary",
  siteSeq: 0,
  time: Date.now(),
  reason: null,
  person: null,
});

const identityOf = (name: string): string => `/github/github-pushes 72d3162e-cc78-11e3-81ab-${name}`;
