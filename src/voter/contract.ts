import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Clock, HandbackMark, LeaseView, Voter, VoterReply, VoterRequest } from "../core/ports.ts";
import type { LeaseTimings } from "../core/timings.ts";

/** A voter whose time the suite moves. */
export interface VoterUnderTest {
  /** The voter that runs now. */
  readonly voter: Voter;
  /** Ends the process and starts it again on the same disk. */
  restart(): Promise<void>;
  /** Ends the process and starts it with an empty disk. */
  loseDisk(): Promise<void>;
  dispose(): Promise<void>;
}

export interface VoterFacts {
  /**
   * How long a lease that nobody renews keeps others away, in milliseconds, as one process sees it; and how long, after a
   * start or a loss, what may have been granted before. Default: ttl. Whoever has no clock at the voter waits longer.
   */
  readonly lastsMs?: (timings: LeaseTimings) => number;
}

export interface VoterSetting {
  readonly timings: LeaseTimings;
  readonly clock: Clock;
  readonly others: readonly Voter[];
  /** Journal regions whose duties are voted on. */
  readonly duties: readonly string[];
}

export type OpenVoter = (setting: VoterSetting) => Promise<VoterUnderTest>;

const timings: LeaseTimings = { ttlMs: 8_000, marginMs: 1_000, requestTimeoutMs: 5_000 };

const confirmed = { seenGeneration: 1, confirmedGeneration: 1 };

/** A clock that stands still until it is moved. */
class HeldClock implements Clock {
  #now = 1_000_000;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  wallMs(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void) {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { run } of due) run();
  }
}

/** Another voter that answers only reads, and only when it is up. */
interface Other extends Voter {
  up: boolean;
  lease: LeaseView;
}

const other = (name: string, highestEpoch: number): Other => ({
  name,
  up: false,
  lease: { holder: null, epoch: 0, expired: true },
  request(_request, done) {
    if (!this.up) return done(null);
    done({ ...this.lease, granted: false, highestEpoch, exceptions: {}, handback: null, wanted: false, ...confirmed });
  },
});

/** What every adapter of the port `Voter` promises (protocol rules 1 to 3). */
export const voterContract = (name: string, open: OpenVoter, facts: VoterFacts = {}): void => {
  const lastsMs = facts.lastsMs?.(timings) ?? timings.ttlMs;
  describe(`the voter ${name}`, () => {
    let clock: HeldClock;
    let others: readonly Other[];
    let subject: VoterUnderTest;
    beforeEach(async () => {
      clock = new HeldClock();
      others = [other("b", 7), other("c", 5), other("d", 4)];
      for (const one of others) one.up = true;
      subject = await open({ timings, clock, others, duties: ["east", "west"] });
      clock.advance(lastsMs);
    });
    afterEach(() => subject.dispose());

    const send = (request: VoterRequest): Promise<VoterReply | null> =>
      new Promise((done) => subject.voter.request(request, done));
    const acquire = (
      holder: string,
      epoch: number,
      more: { connector: string; rowEpoch: number } | { generation?: number } = {},
    ) => send({ kind: "acquire", duty: "east", generation: 1, holder, epoch, ...more });
    const renew = (holder: string, epoch: number, generation = 1) =>
      send({ kind: "renew", duty: "east", generation, holder, epoch });
    const release = (holder: string, epoch: number, handback?: HandbackMark) =>
      send({
        kind: "release",
        duty: "east",
        generation: 1,
        holder,
        epoch,
        ...(handback === undefined ? {} : { handback }),
      });
    const read = (holder = "reader", wanted = false) =>
      send({ kind: "read", duty: "east", generation: 1, holder, wanted });
    /** A voter that has just recovered may need a moment to say so. */
    const granted = (holder: string, epoch: number) =>
      vi.waitFor(async () => expect(await acquire(holder, epoch)).toMatchObject({ granted: true }));

    it("grants a free duty to one, until its time is over", async () => {
      await granted("east/1", 8);
      expect(await acquire("west/1", 9)).toMatchObject({ granted: false, holder: "east/1", epoch: 8, expired: false });
      clock.advance(lastsMs - 1);
      expect(await acquire("west/1", 9)).toMatchObject({ granted: false });
      clock.advance(1);
      expect(await read()).toMatchObject({ holder: "east/1", expired: true });
      expect(await acquire("west/1", 9)).toMatchObject({ granted: true, holder: "west/1", epoch: 9 });
      expect(await renew("east/1", 8)).toMatchObject({ granted: false });
    });

    it("never grants an epoch twice", async () => {
      await granted("east/1", 8);
      clock.advance(lastsMs);
      expect(await acquire("west/1", 8)).toMatchObject({ granted: false, highestEpoch: 8 });
      expect(await acquire("west/1", 9)).toMatchObject({ granted: true, highestEpoch: 9 });
    });

    it("renews for the holder of the epoch alone", async () => {
      await granted("east/1", 8);
      clock.advance(lastsMs - 1);
      expect(await renew("east/2", 8)).toMatchObject({ granted: false });
      expect(await renew("east/1", 7)).toMatchObject({ granted: false });
      expect(await renew("east/1", 8)).toMatchObject({ granted: true });
      clock.advance(lastsMs - 1);
      expect(await read()).toMatchObject({ expired: false });
    });

    it("holds duties apart", async () => {
      await granted("east/1", 8);
      const reply = await send({ kind: "acquire", duty: "west", generation: 1, holder: "west/1", epoch: 8 });
      expect(reply).toMatchObject({ granted: true, holder: "west/1" });
      expect(await read()).toMatchObject({ holder: "east/1" });
    });

    it("frees a released duty at once and keeps what was handed back", async () => {
      await granted("west/1", 8);
      const mark: HandbackMark = {
        marks: { orders: { journal: "west.1", position: 9, held: { "east.1": 4 } } },
        epoch: 8,
      };
      expect(await release("east/1", 8, mark)).toMatchObject({ granted: false, handback: null });
      expect(await release("west/1", 8, mark)).toMatchObject({ granted: true });
      await subject.restart();
      clock.advance(lastsMs);
      expect(await read()).toMatchObject({ expired: true, handback: mark });
      expect(await acquire("east/1", 9)).toMatchObject({ granted: true, handback: mark });
    });

    it("tells the holder that the duty's home wants it back", async () => {
      await granted("west/1", 8);
      expect(await renew("west/1", 8)).toMatchObject({ wanted: false });
      await read("east/1", true);
      expect(await renew("west/1", 8)).toMatchObject({ wanted: true });
      clock.advance(timings.ttlMs);
      expect(await read()).toMatchObject({ wanted: false });
    });

    it("grants an exception to who names the row's epoch, and renews it by its own", async () => {
      await granted("east/1", 8);
      expect(await acquire("west/1", 9, { connector: "orders", rowEpoch: 7 })).toMatchObject({ granted: false });
      expect(await acquire("west/1", 9, { connector: "orders", rowEpoch: 8 })).toMatchObject({ granted: true });
      expect(await read()).toMatchObject({ holder: "east/1", epoch: 8, highestEpoch: 9 });
      expect((await read())?.exceptions).toMatchObject({ orders: { holder: "west/1", epoch: 9, expired: false } });
      clock.advance(lastsMs - 1);
      await renew("east/1", 8);
      const renewal = {
        kind: "renew",
        duty: "east",
        generation: 1,
        connector: "orders",
        holder: "west/1",
        epoch: 9,
      } as const;
      expect(await send(renewal)).toMatchObject({ granted: true });
      expect(await send({ ...renewal, holder: "east/1" })).toMatchObject({ granted: false });
      await subject.restart();
      expect((await read())?.exceptions).toMatchObject({ orders: { holder: "west/1", epoch: 9, expired: false } });
    });

    it("shuts out who counts in an older set of voters than the holder, and who skips a set", async () => {
      await granted("east/1", 8);
      expect(await acquire("east/1", 9, { generation: 3 })).toMatchObject({ granted: false, confirmedGeneration: 1 });
      expect(await acquire("east/1", 9, { generation: 2 })).toMatchObject({ granted: true, seenGeneration: 2 });
      expect(await renew("east/1", 9)).toMatchObject({ granted: false });
      await subject.restart();
      clock.advance(lastsMs);
      expect(await acquire("west/1", 10)).toMatchObject({ granted: false, seenGeneration: 2, confirmedGeneration: 1 });
      expect(await acquire("west/1", 10, { generation: 2 })).toMatchObject({ granted: true });
    });

    it("grants nothing new for one ttl after a start, and keeps what it granted", async () => {
      await granted("east/1", 8);
      clock.advance(lastsMs);
      await subject.restart();
      expect(await read()).toMatchObject({ holder: "east/1", epoch: 8, expired: false });
      clock.advance(lastsMs - 1);
      expect(await acquire("west/1", 9)).toMatchObject({ granted: false });
      expect(await renew("east/1", 8)).toMatchObject({ granted: true });
      clock.advance(lastsMs);
      expect(await acquire("west/1", 8)).toMatchObject({ granted: false });
      expect(await acquire("west/1", 9)).toMatchObject({ granted: true });
    });

    it("learns the highest epochs of a majority of the others after it lost its disk", async () => {
      await granted("east/1", 8);
      for (const one of others) one.up = false;
      await subject.loseDisk();
      const [first, second] = others;
      if (first === undefined || second === undefined) throw new Error("two others were made");
      first.up = true;
      clock.advance(2 * lastsMs);
      expect(await acquire("west/1", 99)).toMatchObject({ granted: false });
      second.up = true;
      clock.advance(lastsMs);
      await vi.waitFor(async () => expect(await read()).toMatchObject({ expired: true }));
      expect(await acquire("west/1", 7)).toMatchObject({ granted: false, highestEpoch: 7 });
      expect(await acquire("west/1", 8)).toMatchObject({ granted: true });
    });

    it("renews, one ttl after it lost its disk, for whom the others know to hold: what it granted then is over", async () => {
      await granted("south/1", 8);
      for (const one of others) one.lease = { holder: "east/1", epoch: 4, expired: false };
      for (const one of others.slice(0, 1)) one.lease = { holder: "west/1", epoch: 7, expired: false };
      await subject.loseDisk();
      await vi.waitFor(async () => expect(await read()).toMatchObject({ highestEpoch: 7 }));
      clock.advance(lastsMs - 1);
      expect(await renew("west/1", 7)).toMatchObject({ granted: false });
      clock.advance(1);
      await vi.waitFor(async () => expect(await renew("west/1", 7)).toMatchObject({ granted: true }));
      expect(await renew("east/1", 4)).toMatchObject({ granted: false });
      expect(await acquire("east/1", 8)).toMatchObject({ granted: false, holder: "west/1" });
    });
  });
};
