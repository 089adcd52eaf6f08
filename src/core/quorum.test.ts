import { describe, expect, test } from "vitest";
import type { Clock, VoterReply, VoterRequest } from "./ports.ts";
import { agreed, majorityValue, votersIn } from "./quorum.ts";
import { VoterState } from "./voter.ts";

const joint = {
  generation: 2,
  sets: [
    ["east", "west", "witness"],
    ["east", "west", "north"],
  ],
};

describe("during a change of the regions", () => {
  test("a majority of the old set alone does not decide", () => {
    expect(agreed(joint, new Set(["east", "witness"]))).toBe(false);
  });

  test("majorities of both decide, also by the same voters", () => {
    expect(agreed(joint, new Set(["east", "west"]))).toBe(true);
  });

  test("every voter is asked once", () => {
    expect(votersIn(joint)).toEqual(["east", "west", "witness", "north"]);
  });

  test("a lease lasts as long as the weaker majority", () => {
    const left: Record<string, number> = { east: 9, west: 1, witness: 8, north: 5 };
    expect(majorityValue(joint, (voter) => left[voter] ?? 0)).toBe(5);
  });
});

describe("a voter", () => {
  const timings = { ttlMs: 1_000, marginMs: 100, requestTimeoutMs: 300 };
  let now = 0;
  const clock: Clock = { wallMs: () => now, monotonicMs: () => now, after: () => ({ cancel: () => {} }) };
  const voter = (): VoterState => {
    now = 0;
    const made = new VoterState("east", timings, clock, null, (_, done) => done(true), [], ["east"]);
    now = timings.ttlMs;
    return made;
  };
  const ask = (asked: VoterState, request: VoterRequest): VoterReply | null => {
    let answer: VoterReply | null = null;
    asked.request(request, (reply) => {
      answer = reply;
    });
    return answer;
  };
  const from = (holder: string, generation: number) => ({ duty: "east", holder, generation });

  test("shuts out a holder of the old set once the new one was granted", () => {
    const asked = voter();
    ask(asked, { kind: "acquire", ...from("east/1", 1), epoch: 1 });
    ask(asked, { kind: "renew", ...from("east/1", 1), epoch: 1 });
    now += timings.ttlMs;
    expect(ask(asked, { kind: "acquire", ...from("west/1", 2), epoch: 2 })?.granted).toBe(true);
    now += timings.ttlMs;
    expect(ask(asked, { kind: "acquire", ...from("east/1", 1), epoch: 3 })?.granted).toBe(false);
  });

  test("does not let a generation be skipped that never had a full majority", () => {
    const asked = voter();
    ask(asked, { kind: "acquire", ...from("east/1", 1), epoch: 1 });
    ask(asked, { kind: "renew", ...from("east/1", 1), epoch: 1 });
    now += timings.ttlMs;
    expect(ask(asked, { kind: "acquire", ...from("north/1", 3), epoch: 2 })?.granted).toBe(false);
  });

  test("that was away for a generation goes on once the asker knows that it was confirmed", () => {
    const asked = voter();
    ask(asked, { kind: "acquire", ...from("east/1", 1), epoch: 1 });
    ask(asked, { kind: "renew", ...from("east/1", 1), epoch: 1 });
    now += timings.ttlMs;
    const acquire = { kind: "acquire", ...from("north/1", 3), epoch: 2 } as const;
    expect(ask(asked, { ...acquire, confirmedGeneration: 1 })?.granted).toBe(false);
    expect(ask(asked, { ...acquire, confirmedGeneration: 2 })?.granted).toBe(true);
  });

  test("grants nothing new for one ttl after its start", () => {
    now = 0;
    const asked = new VoterState("east", timings, clock, {}, (_, done) => done(true), [], ["east"]);
    now = timings.ttlMs - 1;
    expect(ask(asked, { kind: "acquire", ...from("east/1", 1), epoch: 1 })?.granted).toBe(false);
  });

  test("without memory learns from a majority of every set before it grants", () => {
    now = 0;
    const answering = new Set(["east", "witness"]);
    const known = { holder: null, epoch: 0, expired: true, granted: false, highestEpoch: 7, exceptions: {} };
    const reply = { ...known, handback: null, seenGeneration: 1, confirmedGeneration: 1, wanted: false };
    const others = ["east", "west", "witness"].map((name) => ({
      name,
      request: (_: VoterRequest, done: (reply: VoterReply | null) => void) => done(answering.has(name) ? reply : null),
    }));
    let again = (): void => {};
    const ticking: Clock = {
      ...clock,
      after: (_, run) => {
        again = run;
        return { cancel: () => {} };
      },
    };
    const asked = new VoterState("north", timings, ticking, null, (_, done) => done(true), others, ["east"], joint);
    now = timings.ttlMs;
    expect(ask(asked, { kind: "acquire", ...from("east/1", 2), epoch: 8 })?.granted).toBe(false);
    answering.add("west");
    again();
    expect(ask(asked, { kind: "acquire", ...from("east/1", 2), epoch: 7 })?.granted).toBe(false);
    expect(ask(asked, { kind: "acquire", ...from("east/1", 2), epoch: 8 })?.granted).toBe(true);
  });

  test("does not answer what it could not write", () => {
    now = 0;
    const asked = new VoterState("east", timings, clock, {}, (_, done) => done(false), [], ["east"]);
    now = timings.ttlMs;
    expect(ask(asked, { kind: "acquire", ...from("east/1", 1), epoch: 1 })).toBeNull();
  });
});
