import { expect, test } from "vitest";
import type { ConnectorStatus, RegionStatus } from "../messages.ts";
import { type Heard, reportOf } from "./report.ts";
import { textOf } from "./text.ts";

const none = { delivered: 0, superseded: 0, ignored: 0, expired: 0, discarded: 0, faulted: 0, unknown: 0 };
const connector = (
  ledger: Partial<ConnectorStatus["ledger"]>,
  rest: Partial<ConnectorStatus> = {},
): ConnectorStatus => ({
  role: "send",
  partner: "bank",
  paused: false,
  draining: false,
  digest: "d1",
  ratePerS: 0,
  capacityBytes: 1_000_000,
  sites: { zurich: "zurich" },
  chains: { zurich: { site: "zurich", stays: "at home", switchInMs: null } },
  actsFor: [],
  poll: null,
  gaps: { missing: 0, gaps: [] },
  readers: {},
  ...rest,
  ledger: { accepted: 0, pending: 0, byOutcome: none, conflicts: 0, pendingBytes: 0, oldestPendingAt: null, ...ledger },
});
const well = { breaker: "closed", failingForMs: null, reason: "", restMs: 0 };
const away = { breaker: "open", failingForMs: 840_000, reason: "the site refuses connections", restMs: 12_000 };
const region = (name: string, of: Partial<RegionStatus> = {}): readonly [string, RegionStatus] => [
  name,
  {
    environment: "prod",
    mode: "active-active",
    region: name,
    ready: true,
    wallMs: 1_000_000,
    duties: [
      { region: "east", state: "acting", epoch: name === "east" ? 412 : null, remainingMs: 6_000, holder: "east" },
      { region: "west", state: "acting", epoch: name === "west" ? 388 : null, remainingMs: 6_000, holder: "west" },
    ],
    peers: {},
    sites: { "bank/zurich": well },
    connectors: {},
    ...of,
  },
];
const heard = (...statuses: Heard["statuses"]): Heard => ({ statuses, silent: {}, witness: "ok" });

test("all well is 0, and the text says where the leases are", () => {
  const report = reportOf(heard(region("east"), region("west")));
  expect(report.code).toBe(0);
  expect(textOf(report, "prod", "active-active", 0)).toContain(
    "prod active-active   east ok, lease 412   west ok, lease 388   witness ok   definitions equal",
  );
});

test("a site that no region reaches is theirs; one that a single region misses is the link", () => {
  const theirs = reportOf(
    heard(region("east", { sites: { "bank/zurich": away } }), region("west", { sites: { "bank/zurich": away } })),
  );
  expect(theirs.verdicts).toEqual(["THEIRS  bank/zurich: the site refuses connections, for 840s"]);
  const link = reportOf(heard(region("east", { sites: { "bank/zurich": away } }), region("west")));
  expect(link.verdicts).toEqual([expect.stringMatching(/^LINK {4}bank\/zurich from east/)]);
  expect([theirs.code, link.code]).toEqual([2, 2]);
});

test("a site that refuses our credentials is ours, not the link's", () => {
  const refusing = {
    breaker: "open",
    failingForMs: null,
    reason: "401: our credentials are not accepted",
    restMs: 900,
  };
  const report = reportOf(heard(region("east", { sites: { "bank/zurich": refusing } }), region("west")));
  expect(report.verdicts).toEqual(["OURS    bank/zurich from east: 401: our credentials are not accepted"]);
  expect(report.code).toBe(2);
});

test("a region that does not answer is 3, whatever else there is", () => {
  const report = reportOf({ ...heard(region("west")), silent: { east: "connect ECONNREFUSED" } });
  expect(report.code).toBe(3);
  expect(report.verdicts).toContain("OURS    east does not answer: connect ECONNREFUSED");
});

test("a duty that nobody holds is ours", () => {
  const duties = [{ region: "east", state: "watching", epoch: null, remainingMs: 0, holder: null }];
  expect(reportOf(heard(region("west", { duties }))).verdicts).toEqual([
    expect.stringMatching(/^OURS {4}nobody acts for .* east/),
  ]);
});

test("copies of one entry in two regions are one entry, and the ledger adds up", () => {
  const ledger = {
    accepted: 10,
    pending: 3,
    byOutcome: { ...none, delivered: 6, faulted: 1 },
    oldestPendingAt: 400_000,
  };
  const behind = { accepted: 9, pending: 9 };
  const report = reportOf(
    heard(
      region("east", { connectors: { payments: connector(ledger) } }),
      region("west", { connectors: { payments: connector(behind) } }),
    ),
  );
  expect(report.ledger).toMatchObject({ accepted: 10, missing: 0 });
  expect(report.connectors).toMatchObject([{ name: "payments", held: 3, faults: 1, oldestMs: 600_000 }]);
  expect(textOf(report, "prod", "active-active", 0)).toContain(
    "ledger  accepted 10 = delivered 6 + faulted 1 + unknown 0 + pending 3     missing 0",
  );
  expect(report.code).toBe(2);
});

test("what the ledger misses is shown, and is not well", () => {
  const report = reportOf(
    heard(
      region("east", { connectors: { payments: connector({ accepted: 2, byOutcome: { ...none, delivered: 1 } }) } }),
    ),
  );
  expect(report.ledger.missing).toBe(1);
  expect(report.code).toBe(2);
});

test("definitions that differ between regions are said to", () => {
  const report = reportOf(
    heard(
      region("east", { connectors: { payments: connector({}) } }),
      region("west", { connectors: { payments: connector({}, { digest: "d2" }) } }),
    ),
  );
  expect(report).toMatchObject({ definitionsEqual: false, code: 2 });
});

test("while their site is away the time until it is full follows the rate", () => {
  const ledger = { accepted: 10, pending: 10, pendingBytes: 10_000, oldestPendingAt: 0 };
  const sites = { "bank/zurich": away };
  const report = reportOf(
    heard(region("east", { sites, connectors: { payments: connector(ledger, { ratePerS: 1 }) } })),
  );
  expect(report.connectors).toMatchObject([{ sites: ["zurich DOWN"], fullInMs: 990_000 }]);
});

const poll = { state: "elsewhere", site: "zurich", why: "", cursorAgeMs: 4_000, lastReadAt: null, nextReadAt: null };
const between = (east: Partial<ConnectorStatus>, west: Partial<ConnectorStatus>) =>
  reportOf(
    heard(
      region("east", { connectors: { payments: connector({}, east) } }),
      region("west", { connectors: { payments: connector({}, west) } }),
    ),
  );
const text = (report: ReturnType<typeof reportOf>): string => textOf(report, "prod", "active-active", 0);

test("a poll is said by the region that reads", () => {
  const report = between({ role: "poll", poll }, { role: "poll", poll: { ...poll, state: "waiting" } });
  expect(report.connectors).toMatchObject([{ poll: { region: "west", state: "waiting", site: "zurich" } }]);
  expect(text(report)).toContain("payments is read by west at zurich: waiting, cursor 4.0s old");
  expect(report.code).toBe(0);
});

test("a poll that no region does is said to be read by none", () => {
  const nobody = between({ role: "poll", poll }, { role: "poll", poll });
  expect(text(nobody)).toContain("payments is read by no region now");
});

test("a poll that waits for a person is not well, and says why", () => {
  const refused = { ...poll, state: "refused", why: "the cursor of zurich is not good at geneva" };
  const report = between({ role: "poll", poll }, { role: "poll", poll: refused });
  expect(report).toMatchObject({
    code: 2,
    verdicts: [expect.stringMatching(/^OURS {4}payments is not read: the cursor/)],
  });
});

test("numbers that one region has heard of are not missing; those that none has are, and it is not well", () => {
  const gap = { series: "d-1", from: 4, to: 6, state: "listed", forMs: 60_000 };
  const gaps = { missing: 3, gaps: [gap] };
  expect(between({ gaps }, {}).code).toBe(0);
  const report = between({ gaps }, { gaps: { missing: 1, gaps: [{ ...gap, to: 4 }] } });
  expect(report.code).toBe(2);
  expect(text(report)).toContain("payments misses 1 of its numbers: 4 of d-1, which they do not have either");
});

test("numbers that were passed are those of the region that sends", () => {
  const gap = { series: "order-7", from: 2, to: 3, state: "passed", forMs: 60_000 };
  const report = between({ gaps: { missing: 2, gaps: [gap] } }, { gaps: { missing: 0, gaps: [] } });
  expect(report.code).toBe(2);
  expect(text(report)).toContain("misses 2 of its numbers: 2 to 3 of order-7, without which was gone on");
});

test("a reader is as far as the region says that knows most of it", () => {
  const behind = { unread: 12, oldestUnreadAt: 818_000, lastReadAt: null };
  const read = { unread: 0, oldestUnreadAt: null, lastReadAt: 999_000 };
  const report = between(
    { role: "feed", readers: { claims: behind, audit: behind } },
    { role: "feed", readers: { claims: { ...behind, unread: 14 }, audit: read } },
  );
  expect(text(report)).toContain("payments audit has read all; claims has 12 to read, the oldest for 3m02s");
  expect(report.code).toBe(0);
});
