import { describe, expect, test } from "vitest";
import { regionPolicy } from "./policy.ts";
import { settlementOf, testPartner } from "./testing.ts";
import { region, rules } from "./testing-poller.ts";
import { pollSpec } from "./testing-source.ts";

describe("a poller", () => {
  test("reads at once, follows a page that says that there is more, then waits for the interval", () => {
    const { source, clock, poll, accepted } = region();
    poll();
    source.page("1", ["a"], true);
    source.page("2", ["b"]);
    expect([source.cursors, accepted()]).toEqual([
      [null, "1"],
      ["a", "b"],
    ]);
    clock.advance(9_999);
    expect(source.cursors).toEqual([null, "1"]);
    clock.advance(1);
    expect(source.cursors).toEqual([null, "1", "2"]);
  });

  test("writes a page's entries and its cursor as one unit", () => {
    const { source, journal, name, poll } = region();
    poll();
    source.page("1", ["a", "b"]);
    journal.read(name, "east.1", 0, 10, ({ records }) =>
      expect(records.map(({ record }) => record.kind)).toEqual(["entry", "entry", "cursor"]),
    );
  });

  test("writes nothing where a page brings nothing", () => {
    const { source, clock, journal, name, poll } = region();
    poll();
    source.page("1", ["a"]);
    clock.advance(10_000);
    source.page("1");
    expect(journal.all(name, "cursor")).toHaveLength(1);
  });

  test("writes no cursor again where a page that is read again leads no further, also where something came to it", () => {
    const { source, clock, journal, name, accepted, poll } = region();
    poll();
    for (const page of [["a"], ["a"], ["a", "b"], ["a", "b"]]) {
      source.page("1", page);
      clock.advance(10_000);
    }
    expect([accepted(), journal.all(name, "cursor").length]).toEqual([["a", "b"], 1]);
  });

  test("with replicated waits for what came to a page that leads no further, as for any other", () => {
    const { source, clock, acceptor, peer, accepted, status, poll } = region(pollSpec({ durability: "replicated" }));
    poll();
    source.page("1", ["a"]);
    clock.advance(10_000);
    peer.holds = 2;
    source.page("1", ["a", "b"]);
    expect([accepted(), status()?.state]).toEqual([["a", "b"], "reading"]);
    peer.holds = 3;
    acceptor.acknowledged();
    expect(status()?.state).toBe("waiting");
  });

  test("presents the next cursor only once the page is durable here", () => {
    const { source, journal, poll } = region();
    journal.writes.shut();
    poll();
    source.page("1", ["a"], true);
    expect(source.cursors).toEqual([null]);
    journal.writes.open();
    expect(source.cursors).toEqual([null, "1"]);
  });

  test("with replicated presents the next cursor only once another region has the page", () => {
    const { source, acceptor, peer, poll } = region(pollSpec({ durability: "replicated" }));
    peer.holds = 0;
    poll();
    source.page("1", ["a"], true);
    expect(source.cursors).toEqual([null]);
    peer.holds = 2;
    acceptor.acknowledged();
    expect(source.cursors).toEqual([null, "1"]);
  });

  test("with replicated presents no cursor of an earlier lease whose page no other region has", () => {
    const { source, acceptor, peer, clock, status, poll } = region(pollSpec({ durability: "replicated" }));
    peer.holds = 0;
    const { poller } = poll();
    source.page("1", ["a"], true);
    poller.stop();
    poll({ epoch: 2 });
    clock.advance(60_000);
    expect([source.cursors, status()?.why]).toEqual([[null], "no other region can make it durable"]);
    peer.holds = 2;
    acceptor.acknowledged();
    clock.advance(rules.acceptRetryMs);
    expect(source.cursors).toEqual([null, "1"]);
  });

  test("keeps a page that cannot be made durable, reads nothing meanwhile, and goes on when it can", () => {
    const { source, journal, clock, status, accepted, poll } = region();
    journal.full = true;
    poll();
    source.page("1", ["a"], true);
    clock.advance(60_000);
    expect([source.cursors, status()?.state, status()?.why]).toEqual([[null], "held", "the store is full"]);
    journal.full = false;
    clock.advance(rules.acceptRetryMs);
    expect([source.cursors, accepted()]).toEqual([[null, "1"], ["a"]]);
  });

  test("stops reading at capacity", () => {
    const { source, clock, status, journal, name, poll } = region(
      pollSpec({ hold: { capacityBytes: 5, alarmAfterMs: 1 } }),
    );
    poll();
    source.page("1", ["a"], true);
    source.page("2", ["b"], true);
    clock.advance(60_000);
    expect(source.cursors).toEqual([null, "1"]);
    expect(status()).toMatchObject({ state: "held", why: "the connector holds as much as it may" });
    journal.put(name, "east.1", settlementOf("a"));
    clock.advance(rules.acceptRetryMs);
    expect(source.cursors).toEqual([null, "1", "2"]);
  });

  test("does not follow a page that says that there is more and leads nowhere", () => {
    const { source, poll } = region();
    poll();
    source.page(null, [], true);
    expect(source.cursors).toEqual([null]);
  });

  test("reads nothing while it is paused", () => {
    const { source, spec, clock, poll } = region();
    const { poller } = poll();
    source.page("1", ["a"]);
    poller.update(spec, true);
    clock.advance(60_000);
    expect(source.cursors).toEqual([null]);
    poller.update(spec, false);
    expect(source.cursors).toEqual([null, "1"]);
  });
});

describe("the lease", () => {
  test("is asked in the tick of the write", () => {
    const { source, poll } = region();
    const { lease } = poll();
    expect(source.readings[0]?.mayWrite()).toBe(true);
    lease.held = false;
    expect(source.readings[0]?.mayWrite()).toBe(false);
  });

  test("ends the open request when it ends, and nothing is read any more", () => {
    const { source, clock, status, poll } = region();
    const { poller, lease } = poll();
    lease.held = false;
    poller.stop();
    expect(source.open).toBeNull();
    clock.advance(60_000);
    expect([source.cursors, status()]).toEqual([[null], null]);
  });

  test("not being held, nothing is read, also before anybody was told", () => {
    const { source, clock, poll } = region();
    const { lease } = poll();
    source.page("1", ["a"]);
    lease.held = false;
    clock.advance(10_000);
    expect(source.cursors).toEqual([null]);
  });

  test("being over, a page that comes late is left to whoever polls next", () => {
    const { source, accepted, poll } = region();
    const { lease } = poll();
    lease.held = false;
    source.page("1", ["a"]);
    expect(accepted()).toEqual([]);
  });

  test("is given back once the open request has ended and its page is durable", () => {
    const { source, journal, accepted, poll } = region();
    const { poller } = poll();
    const done: string[] = [];
    poller.drain(() => done.push("drained"));
    journal.writes.shut();
    source.page("1", ["a"], true);
    expect(done).toEqual([]);
    journal.writes.open();
    expect([done, accepted(), source.cursors]).toEqual([["drained"], ["a"], [null]]);
  });

  test("is given back at once where the page cannot be made durable: the next holder reads it again", () => {
    const { source, journal, poll } = region();
    const { poller } = poll();
    journal.full = true;
    source.page("1", ["a"]);
    const done: string[] = [];
    poller.drain(() => done.push("drained"));
    expect(done).toEqual(["drained"]);
  });
});

describe("trouble", () => {
  test("a Retry-After is obeyed", () => {
    const { source, clock, status, poll } = region();
    poll();
    source.fail("wait", { waitMs: 42_000, reason: "asks to wait" });
    clock.advance(41_999);
    expect([source.cursors, status()?.why]).toEqual([[null], "asks to wait"]);
    clock.advance(1);
    expect(source.cursors).toEqual([null, null]);
  });

  test("a failure that says how long to wait is believed", () => {
    const { source, clock, poll } = region();
    poll();
    source.fail("retry", { waitMs: 5_000 });
    clock.advance(4_999);
    expect(source.cursors).toEqual([null]);
    clock.advance(1);
    expect(source.cursors).toEqual([null, null]);
  });

  test("a refusal for good is said, and asked again as late as the connector allows", () => {
    const { source, clock, status, poll } = region(
      pollSpec({ retry: { firstMs: 100, capMs: 300_000, giveUpAfterMs: null } }),
    );
    poll();
    source.fail("fault", { against: "event", reason: "404" });
    expect(status()?.nextReadAt).toBe(clock.wallMs() + 300_000);
    clock.advance(299_999);
    expect([source.cursors, status()?.state, status()?.why]).toEqual([[null], "refused", "404"]);
    clock.advance(1);
    expect(source.cursors).toEqual([null, null]);
  });

  test("a site that fails opens its breaker, and is read again once that lets through", () => {
    const { source, clock, health, poll } = region();
    poll();
    while (health.breaker("main").kind === "closed") {
      source.fail("retry");
      clock.advance(100);
    }
    expect(source.open).toBeNull();
    clock.advance(regionPolicy.partner.breaker.firstRestMs);
    source.page("1", ["a"]);
    expect(health.breaker("main").kind).toBe("closed");
  });

  test("what speaks of us only does not count against the site", () => {
    const { source, health, poll } = region();
    poll();
    source.fail("retry", { against: "us", sent: false });
    expect(health.knowledge("main").failingForMs).toBeNull();
  });

  test("the partner's rate holds", () => {
    const rate = { limit: 1, perMs: 3_000, burst: 1, concurrency: null };
    const { source, clock, poll } = region(pollSpec({ partner: { ...testPartner, rate } }));
    poll();
    source.page("1", ["a"], true);
    expect(source.cursors).toEqual([null]);
    clock.advance(3_000);
    expect(source.cursors).toEqual([null, "1"]);
  });
});
