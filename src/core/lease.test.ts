import { describe, expect, test } from "vitest";
import { AskedEpochs } from "./asked-epochs.ts";
import { Lease, type LeaseOptions } from "./lease.ts";
import type { HandbackMark, Voter } from "./ports.ts";
import { TestClock, VoterPath } from "./testing.ts";
import { VoterState } from "./voter.ts";

const timings = { ttlMs: 8_000, marginMs: 1_000, requestTimeoutMs: 5_000 };
const names = ["east", "west", "witness"] as const;

/** Three voters that have been up for a while, and processes that seek the lease of east's duty. */
const environment = () => {
  const clock = new TestClock();
  const voters = names.map(
    (name) => new VoterState(name, timings, clock, {}, (_rows, done) => done(true), [], ["east"]),
  );
  clock.advance(timings.ttlMs);
  const seeker = (holder: string, over: Partial<LeaseOptions> = {}) => {
    const paths = voters.map((voter) => new VoterPath(voter));
    const told: string[] = [];
    const marks: (HandbackMark | null)[] = [];
    const voterSets = { generation: 1, sets: [names] };
    const epochs = new AskedEpochs();
    const options = { duty: "east", holder, home: true, wants: () => false, timings, voterSets, epochs, ...over };
    const lease = new Lease(options, clock, () => 0.5, paths, {
      acquired: (epoch, handback) => {
        told.push(`acquired ${epoch}`);
        marks.push(handback);
      },
      lapsed: (epoch) => told.push(`lapsed ${epoch}`),
    });
    return { lease, paths, told, marks };
  };
  return { clock, voters, seeker };
};

const cutAll = (paths: readonly VoterPath[], cut = true): void => {
  for (const path of paths) path.cut = cut;
};

const held = (over: Partial<LeaseOptions> = {}) => {
  const world = environment();
  const east = world.seeker("east/1", over);
  east.lease.seek();
  return { ...world, east };
};

describe("a holder", () => {
  test("holds while it renews, and lapses ttl - margin after its last granted request began", () => {
    const { clock, east } = held();
    clock.advance(60_000);
    expect(east.told).toEqual(["acquired 1"]);
    cutAll(east.paths);
    clock.advance(timings.ttlMs - timings.marginMs);
    expect([east.lease.holds(), east.told]).toEqual([false, ["acquired 1", "lapsed 1"]]);
  });

  test("lapses before any voter gives the lease to another", () => {
    const { clock, east, seeker } = held();
    const west = seeker("west/1", { home: false });
    west.lease.seek();
    clock.advance(10_000);
    cutAll(east.paths);
    for (let waited = 0; west.told.length === 0 && waited < 60_000; waited += 10) {
      expect(east.lease.holds() && west.lease.holds()).toBe(false);
      clock.advance(10);
    }
    expect([west.told, east.lease.holds()]).toEqual([["acquired 2"], false]);
  });

  test("counts from the start of its request, not from the answer", () => {
    const { clock, seeker } = environment();
    const east = seeker("east/1");
    for (const { back } of east.paths) back.shut();
    east.lease.seek();
    for (const { back } of east.paths) back.step();
    clock.advance(3_000);
    for (const { back } of east.paths) back.open();
    expect(east.lease.remainingMs()).toBe(timings.ttlMs - timings.marginMs - 3_000);
  });

  test("holds no more when its machine was suspended, though its monotonic clock stood", () => {
    const { clock, east } = held();
    clock.stepWall(timings.ttlMs - timings.marginMs);
    expect(east.lease.holds()).toBe(false);
  });

  test("holds no longer when its wall clock is set back", () => {
    const { clock, east } = held();
    cutAll(east.paths);
    clock.stepWall(-3_600_000);
    clock.advance(timings.ttlMs - timings.marginMs);
    expect(east.lease.holds()).toBe(false);
  });

  test("needs a majority, not itself and one other", () => {
    const { clock, seeker } = environment();
    const east = seeker("east/1");
    cutAll(east.paths.slice(0, 2));
    east.lease.seek();
    clock.advance(60_000);
    expect(east.told).toEqual([]);
  });
});

describe("a round that fails", () => {
  test("is released, so that the next one finds every voter free", () => {
    const { clock, voters, seeker } = environment();
    const east = seeker("east/1");
    for (const { back } of east.paths) back.shut();
    east.lease.seek();
    for (const { back } of east.paths.slice(0, 2)) back.step();
    expect(east.paths[0]?.asked.at(-1)?.kind).toBe("acquire");
    cutAll(east.paths.slice(1));
    clock.advance(timings.requestTimeoutMs);
    expect(east.paths[0]?.asked.some(({ kind }) => kind === "release")).toBe(true);
    let expired: boolean | undefined;
    const read = { kind: "read", duty: "east", holder: "west/1", generation: 1, wanted: false } as const;
    voters[0]?.request(read, (reply) => {
      expired = reply?.expired;
    });
    expect(expired).toBe(true);
  });

  test("is followed by one under a higher epoch, also where no voter has heard of it", () => {
    const clock = new TestClock();
    const asked: number[] = [];
    const voters = names.map((name) => new VoterPath(new VoterState(name, timings, clock, {}, () => {}, [], ["east"])));
    clock.advance(timings.ttlMs);
    const deaf = voters.map(
      (path): Voter => ({
        name: path.name,
        request: (request, done) => {
          if (request.kind === "acquire") asked.push(request.epoch);
          else path.request(request, done);
        },
      }),
    );
    const voterSets = { generation: 1, sets: [names] };
    const epochs = new AskedEpochs();
    const options = { duty: "east", holder: "east/1", home: true, wants: () => false, timings, voterSets, epochs };
    const seek = (): Lease => {
      const lease = new Lease(options, clock, () => 0.5, deaf, { acquired: () => {}, lapsed: () => {} });
      lease.seek();
      return lease;
    };
    const first = seek();
    clock.advance(12_000);
    expect(asked).toEqual([1, 1, 1, 2, 2, 2, 3, 3, 3]);
    first.stop();
    // A connector that is lent again is asked for by another lease.
    seek();
    clock.advance(2_000);
    expect(asked.slice(9)).toEqual([4, 4, 4]);
  });

  test("does not bind a voter whose grant comes late", () => {
    const { clock, seeker, voters } = environment();
    const east = seeker("east/1");
    const [first, ...others] = east.paths;
    if (first === undefined) throw new Error("there are three voters");
    east.lease.seek();
    east.lease.release(null);
    // Another round is granted by one voter only, after it was given up.
    first.back.shut();
    clock.advance(timings.ttlMs);
    cutAll(others);
    clock.advance(2 * timings.ttlMs);
    const before = first.asked.length;
    first.back.open();
    expect(first.asked.slice(before).every(({ kind }) => kind !== "renew")).toBe(true);
    clock.advance(timings.requestTimeoutMs + 1);
    let granted: boolean | undefined;
    const acquire = { kind: "acquire", duty: "east", holder: "west/1", generation: 1, epoch: 99 } as const;
    east.lease.stop();
    voters[0]?.request(acquire, (reply) => {
      granted = reply?.granted;
    });
    expect(granted).toBe(true);
  });
});

describe("a planned return", () => {
  const mark: HandbackMark = {
    marks: { orders: { journal: "west.1", position: 7, held: { "east.1": 3 } } },
    epoch: 1,
  };

  test("hands its mark to the next holder", () => {
    const { clock, east, seeker } = held();
    const west = seeker("west/1");
    west.lease.seek();
    east.lease.release(mark);
    clock.advance(2_000);
    expect([west.told, west.marks]).toEqual([["acquired 2"], [mark]]);
  });

  test("says nothing to the holder after the next, which lapsed", () => {
    const { clock, east, seeker } = held();
    const west = seeker("west/1");
    west.lease.seek();
    east.lease.release(mark);
    east.lease.stop();
    clock.advance(2_000);
    west.lease.stop();
    const north = seeker("north/1");
    north.lease.seek();
    clock.advance(2 * timings.ttlMs);
    expect([north.told, north.marks]).toEqual([["acquired 3"], [null]]);
  });
});

describe("a holder that is wanted elsewhere", () => {
  test("hears of it with its next renewal, and no more once nobody wants it", () => {
    const { clock, east, seeker } = held({ home: false });
    const west = seeker("west/1", { wants: () => true });
    clock.advance(timings.ttlMs);
    expect(east.lease.wanted).toBe(false);
    west.lease.seek();
    clock.advance(timings.ttlMs / 4);
    expect(east.lease.wanted).toBe(true);
    west.lease.stop();
    clock.advance(2 * timings.ttlMs);
    expect(east.lease.wanted).toBe(false);
  });

  test("is not told of it late, when it holds anew", () => {
    const { clock, east, seeker } = held({ home: false });
    const west = seeker("west/1", { wants: () => true });
    const [first] = east.paths;
    clock.advance(timings.ttlMs);
    expect(east.told).toEqual(["acquired 1"]);
    west.lease.seek();
    first?.back.shut();
    clock.advance(timings.ttlMs / 4);
    west.lease.stop();
    east.lease.release(null);
    first?.back.open();
    while (east.told.at(-1) !== "acquired 2") clock.advance(10);
    expect(east.lease.wanted).toBe(false);
  });

  test("and forgoes the lease, asks again one ttl after it ran out", () => {
    const { clock, east } = held();
    east.lease.forgo();
    expect([east.lease.holds(), east.told]).toEqual([false, ["acquired 1", "lapsed 1"]]);
    expect(east.paths[0]?.asked.some(({ kind }) => kind === "release")).toBe(false);
    clock.advance(2 * timings.ttlMs - 1);
    expect(east.told).toEqual(["acquired 1", "lapsed 1"]);
    clock.advance(timings.ttlMs);
    expect(east.told.at(-1)).toBe("acquired 2");
  });
});

describe("a new process of the same holder", () => {
  const resumed = (lease: Lease, epoch: number) => {
    const said: boolean[] = [];
    lease.resume(epoch, (ok) => said.push(ok));
    return said;
  };

  test("goes on with what did not lapse, under its epoch, and nobody is told anew", () => {
    const { clock, east, seeker } = held();
    east.lease.stop();
    clock.advance(2_000);
    const next = seeker("east/1");
    expect(resumed(next.lease, 1)).toEqual([true]);
    clock.advance(60_000);
    expect([next.lease.epoch, next.lease.holds(), next.told]).toEqual([1, true, []]);
  });

  test("finds it as it was: an answer that comes when the one before has ended releases nothing", () => {
    const { clock, east } = held();
    for (const { back } of east.paths) back.shut();
    clock.advance(timings.ttlMs / 4);
    east.lease.stop();
    for (const { back } of east.paths) back.open();
    expect(east.paths[0]?.asked.map(({ kind }) => kind)).not.toContain("release");
  });

  test("does not hold what another has taken since", () => {
    const { clock, east, seeker } = held();
    east.lease.stop();
    const west = seeker("west/1");
    west.lease.seek();
    clock.advance(2 * timings.ttlMs);
    expect(west.told).toEqual(["acquired 2"]);
    const next = seeker("east/1");
    const said = resumed(next.lease, 1);
    clock.advance(timings.requestTimeoutMs);
    expect([said, next.lease.epoch]).toEqual([[false], null]);
  });

  test("holds nothing before a majority has renewed it", () => {
    const { clock, east, seeker } = held();
    east.lease.stop();
    const next = seeker("east/1");
    cutAll(next.paths.slice(0, 2));
    const said = resumed(next.lease, 1);
    expect([said, next.lease.holds()]).toEqual([[], false]);
    clock.advance(timings.requestTimeoutMs);
    expect(said).toEqual([false]);
  });
});

test("what voters said of exceptions under an earlier epoch does not count: a lent connector stays lent", () => {
  const { clock, east, seeker } = held();
  const [first, , third] = east.paths;
  if (first === undefined || third === undefined) throw new Error("there are three voters");
  // East lapses, west takes the duty and lends `orders` to north, at the second and third voter.
  cutAll(east.paths);
  const west = seeker("west/1");
  west.lease.seek();
  clock.advance(2 * timings.ttlMs);
  expect(west.told).toEqual(["acquired 2"]);
  const north = seeker("north/1", { exception: { connector: "orders", rowEpoch: 2 } });
  if (north.paths[0] !== undefined) north.paths[0].cut = true;
  north.lease.seek();
  clock.advance(1_000);
  expect(north.told).toEqual(["acquired 3"]);
  // West is gone; east is back before it hears of the third voter.
  west.lease.stop();
  cutAll(east.paths, false);
  third.cut = true;
  for (let waited = 0; east.lease.epoch === null && waited < 60_000; waited += 100) clock.advance(100);
  expect([north.lease.holds(), east.lease.isLent("orders")]).toEqual([true, true]);
});
