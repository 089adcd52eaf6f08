import { describe, expect, test } from "vitest";
import type { ConnectorStatus, RegionStatus } from "../messages.ts";
import { nowOf } from "./now.ts";
import { textOf } from "./text.ts";

const none = { delivered: 0, superseded: 0, ignored: 0, expired: 0, discarded: 0, faulted: 0, unknown: 0 };
const ledger = { accepted: 10, pending: 0, byOutcome: none, conflicts: 0, pendingBytes: 0, oldestPendingAt: null };
const connector = (of: Partial<ConnectorStatus>): ConnectorStatus => ({
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
  ledger,
  ...of,
});
const well = { breaker: "closed", failingForMs: null, reason: "", restMs: 0 };
const away = { breaker: "open", failingForMs: 840_000, reason: "the site refuses connections", restMs: 12_000 };
const duty = (region: string, holder: string | null, here: boolean) => ({
  region,
  state: here ? "acting" : "away",
  epoch: here ? 412 : null,
  remainingMs: here ? 6_000 : 0,
  holder,
});
const region = (
  name: string,
  of: Partial<ConnectorStatus> = {},
  rest: Partial<RegionStatus> = {},
): readonly [string, RegionStatus] => [
  name,
  {
    environment: "prod",
    mode: "active-active",
    region: name,
    ready: true,
    wallMs: 1_000_000,
    duties: [duty("east", "east", name === "east"), duty("west", "west", name === "west")],
    peers: {},
    sites: { "bank/zurich": well },
    connectors: { payments: connector({ actsFor: [name], ...of }) },
    ...rest,
  },
];
const now = (...statuses: ReturnType<typeof region>[]) => {
  const told = nowOf("payments", { statuses, silent: {}, witness: "ok" });
  if (told === null) throw new Error("no region has it");
  return told;
};

describe("who acts", () => {
  test("is told with the lease and how long it still runs", () => {
    const told = now(region("east"), region("west"));
    expect(told.acting).toEqual([
      "east sends what it accepted: it holds that duty (lease 412) for 6.0s more, and renews it before",
      "west sends what it accepted: it holds that duty (lease 412) for 6.0s more, and renews it before",
    ]);
    expect([told.code, told.next]).toEqual([0, []]);
  });

  test("for a lost region is the one that took over", () => {
    const duties = [duty("east", "west", true), duty("west", "west", true)];
    const heard = {
      statuses: [region("west", { actsFor: ["east", "west"] }, { duties })],
      silent: { east: "refused" },
      witness: "ok",
    } as const;
    const told = nowOf("payments", heard);
    expect(told?.acting[0]).toMatch(/^west sends what east accepted/);
    expect(told?.code).toBe(3);
  });

  test("is nobody where no region has the lease", () => {
    const duties = [duty("east", null, false), duty("west", "west", true)];
    const told = now(region("west", {}, { duties }));
    expect(told.acting[0]).toBe("nobody acts for what east accepted: it is kept until a region is granted the lease");
    expect(told.code).toBe(2);
  });

  test("for one connector alone is the region whose link is good", () => {
    const told = now(region("east", { actsFor: [] }), region("west", { actsFor: ["east", "west"] }));
    expect(told.acting[0]).toContain("west sends what east accepted, under a lease for this connector alone");
  });
});

describe("a site that fails", () => {
  const failing = { sites: { "bank/zurich": away } };
  const chains = (stays: string, switchInMs: number | null) => ({ zurich: { site: "zurich", stays, switchInMs } });

  test("is told with the reason, when it is left, and what is tried before", () => {
    const told = now(region("east", { chains: chains("fails for 840000 ms of 3600000 ms", 2_760_000) }, failing));
    expect(told.sites).toEqual([
      "east uses zurich, which fails for 14m00s (the site refuses connections): it is left in 46m00s if that goes on",
    ]);
    expect(told.next).toEqual(["east tries zurich in 12.0s", "east leaves zurich in 46m00s, if it goes on so"]);
    expect(told.code).toBe(2);
  });

  test("is told with why it is not left", () => {
    const told = now(region("east", { chains: chains("the link is bad: a peer reaches the site", null) }, failing));
    expect(told.sites[0]).toContain("it is not left: the link is bad: a peer reaches the site");
  });

  test("is left out where another region decides", () => {
    expect(now(region("east", { actsFor: [] }, failing), region("west")).sites).toEqual([
      "west uses zurich, which answers",
    ]);
  });

  test("that refuses our credentials is not told to answer", () => {
    const refusing = { ...well, breaker: "open", reason: "401: our credentials are not accepted", restMs: 900 };
    const told = now(region("east", {}, { sites: { "bank/zurich": refusing } }));
    expect(told.sites).toEqual(["east uses zurich, and spares it requests (401: our credentials are not accepted)"]);
    expect(told.code).toBe(2);
  });

  test("that was left is gone back to after a while", () => {
    const away = { zurich: { site: "geneva", stays: "home is well for 60000 ms", switchInMs: 540_000 } };
    const told = now(region("east", { chains: away }, { sites: { "bank/geneva": well, "bank/zurich": well } }));
    expect(told.sites).toEqual(["east uses geneva instead of zurich, which answers: back to zurich in 9m00s"]);
  });
});

test("what waits is told with its age and what it waits for, what a person must decide with the command", () => {
  const byOutcome = { ...none, faulted: 2, unknown: 1 };
  const told = now(
    region(
      "east",
      { ledger: { ...ledger, accepted: 1_206, pending: 1_203, byOutcome, oldestPendingAt: 158_000 } },
      { sites: { "bank/zurich": away } },
    ),
  );
  expect(told.held).toEqual([
    "1,203 wait, the oldest for 14m02s: the site rests",
    "2 were refused and wait for a person: isthmus faults --connector payments",
    "1 were sent and not answered, and wait for a person: isthmus unknown --connector payments",
  ]);
});

test("a paused connector is told to be paused, and asks to be looked at", () => {
  const told = now(region("east", { paused: true }));
  expect(told.held[0]).toBe("it is paused");
  expect(told.code).toBe(2);
});

describe("reading", () => {
  const poll = { state: "elsewhere", site: "zurich", why: "", cursorAgeMs: 4_000, lastReadAt: null, nextReadAt: null };

  test("is told by the region that reads, with the age of its cursor", () => {
    const told = now(
      region("east", { role: "poll", poll }),
      region("west", { role: "poll", poll: { ...poll, state: "waiting", lastReadAt: 990_000, nextReadAt: 1_002_000 } }),
    );
    expect(told.next).toEqual(["west reads zurich again in 2.0s"]);
    expect(told.reading).toEqual(["west reads zurich: waiting, the cursor is 4.0s old, last answered 10.0s ago"]);
    expect(told.code).toBe(0);
  });

  test("that waits for a person says why", () => {
    const told = now(
      region("east", { role: "poll", poll: { ...poll, state: "refused", why: "the cursor is not good here" } }),
    );
    expect(told.reading[0]).toContain("refused (the cursor is not good here)");
    expect(told.code).toBe(2);
  });

  test("of a feed is told by reader, by the region that knows most", () => {
    const reader = { unread: 40, oldestUnreadAt: 400_000, lastReadAt: null };
    const told = now(
      region("east", { role: "feed", readers: { claims: reader } }),
      region("west", {
        role: "feed",
        readers: { claims: { unread: 3, oldestUnreadAt: 970_000, lastReadAt: 995_000 } },
      }),
    );
    expect(told.reading).toEqual(["reader claims lacks 3, the oldest for 30.0s, last here 5.0s ago"]);
  });
});

test("a connector that no region has is nothing", () => {
  expect(nowOf("nobody", { statuses: [region("east")], silent: {}, witness: "ok" })).toBeNull();
});

test("the text names what every line is about", () => {
  const text = textOf("payments: send", now(region("east"), region("west")));
  expect(text).toMatch(/^payments: send\n {2}acting {3}east sends/);
  expect(text).toContain("  site     east uses zurich, which answers");
  expect(text).toContain("  held     nothing waits");
  expect(text).toContain("  next     nothing changes by itself");
});
