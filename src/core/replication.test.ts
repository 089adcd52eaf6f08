import { describe, expect, test } from "vitest";
import { regionPolicy } from "./policy.ts";
import type { PullReply, PullRequest } from "./ports.ts";
import type { Vector } from "./records.ts";
import { Replication } from "./replication.ts";
import { entryOf, TestClock } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";

const policy = regionPolicy.replication;
const connector = "orders";

/** East; what it asks of its peers stays unanswered. */
const east = () => {
  const clock = new TestClock();
  const journal = new TestJournal("east");
  const asked: PullRequest[] = [];
  const applied: string[] = [];
  const answers: ((reply: PullReply | null) => void)[] = [];
  const replication = new Replication(
    "east",
    ["west"],
    policy,
    {
      clock,
      random: () => 0.5,
      journal,
      peers: {
        pull: (_region, request, done) => {
          asked.push(request);
          answers.push(done);
        },
      },
    },
    () => ({ ready: true, reach: {} }),
    { applied: ({ journal: name }) => applied.push(name), heard: () => {} },
  );
  const pull = (vector: Vector, waitMs = policy.waitMs): PullReply[] => {
    const replies: PullReply[] = [];
    const request = {
      region: "west",
      incarnation: 1,
      vectors: { [connector]: vector },
      ready: true,
      reach: {},
      waitMs,
    };
    replication.serve(request, (reply) => replies.push(reply));
    return replies;
  };
  return { clock, journal, replication, pull, asked, answers, applied };
};

describe("a peer that pulls", () => {
  test("gets what it lacks of every journal, the relayed ones too", () => {
    const { journal, pull } = east();
    journal.put(connector, "east.1", entryOf("a"), entryOf("b"));
    journal.put(connector, "north.1", entryOf("c"));
    const [reply] = pull({ "east.1": 1 });
    expect(reply?.segments.map(({ journal: name, from, to }) => [name, from, to])).toEqual([
      ["east.1", 1, 2],
      ["north.1", 0, 1],
    ]);
  });

  test("waits for news, and is told of none after its wait", () => {
    const { clock, journal, replication, pull } = east();
    const first = pull({});
    journal.put(connector, "east.1", entryOf("a"));
    replication.wake(true);
    expect(first.map(({ segments }) => segments.length)).toEqual([1]);
    const second = pull({ "east.1": 1 });
    clock.advance(policy.waitMs);
    expect(second.map(({ segments }) => segments.length)).toEqual([0]);
  });

  test("acknowledges what it asks to read beyond", () => {
    const { replication, pull } = east();
    pull({ "east.1": 7 });
    expect(replication.peers.heldElsewhere(connector, "east.1")).toBe(7);
  });
});

describe("a region that stops", () => {
  test("goes only when the peer that reads here has read the last of it", () => {
    const { journal, replication, pull } = east();
    journal.put(connector, "east.1", entryOf("a"));
    const waiting = pull({ "east.1": 1 });
    journal.put(connector, "east.1", entryOf("mark"));
    let gone = false;
    replication.finish(() => {
      gone = true;
    });
    expect([gone, waiting.length]).toEqual([false, 1]);
    pull({ "east.1": 2 });
    expect(gone).toBe(false);
  });

  test("is gone then, and does not wait for ever for one that hangs", () => {
    const { clock, journal, replication, pull } = east();
    let gone = 0;
    pull({});
    journal.put(connector, "east.1", entryOf("a"));
    replication.finish(() => {
      gone = clock.monotonicMs();
    });
    pull({ "east.1": 1 });
    clock.advance(policy.gatherMs);
    expect(gone).toBe(clock.monotonicMs());
    journal.put(connector, "east.1", entryOf("b"));
    const from = clock.monotonicMs();
    replication.finish(() => {
      gone = clock.monotonicMs();
    });
    clock.advance(policy.waitMs + policy.gatherMs);
    expect(gone - from).toBeLessThanOrEqual(policy.waitMs + policy.gatherMs);
    expect(gone).toBeGreaterThan(from);
  });
});

test("a reading of everything is over when the peer answered a pull that began after it was asked for", () => {
  const { replication, asked, answers } = east();
  replication.start();
  let read = false;
  replication.refresh(() => {
    read = true;
  });
  const reply: PullReply = {
    region: "west",
    incarnation: 1,
    askerIncarnation: 1,
    vectors: {},
    ready: true,
    reach: {},
    segments: [],
    more: false,
  };
  answers[0]?.(reply);
  expect([read, asked.length]).toEqual([false, 2]);
  answers[1]?.(reply);
  expect(read).toBe(true);
});
