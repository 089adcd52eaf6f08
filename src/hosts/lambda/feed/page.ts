import type { LeasesOfDuties } from "../../../core/duties.ts";
import { noSource } from "../../../core/no-source.ts";
import { regionPolicy } from "../../../core/policy.ts";
import type { FeedAnswer, FeedReading, Timer } from "../../../core/ports.ts";
import { Region } from "../../../core/region.ts";
import { covers } from "../../../core/vector.ts";
import { noTaker } from "../dispatch/no-taker.ts";
import { observing } from "../dispatch/observing.ts";
import { EngineStore } from "../dispatch/store.ts";
import type { Hall } from "../runtime/hall.ts";
import { placeOf } from "../runtime/store-place.ts";
import type { Invocation } from "../runtime/surroundings.ts";
import { BoundedTranslator } from "../runtime/translator.ts";

/** How often it is looked for something new while a reader waits. Milliseconds. */
const lookMs = 200;
/** What a reader acknowledged is waited for this long; presented again it is acknowledged again. Milliseconds. */
const acknowledgeMs = 2_000;
/** Left of a call for its answer. Milliseconds. */
const answerMs = 3_000;
const refused: FeedAnswer = { kind: "refused", retryAfterMs: 1_000 };
/** Acknowledgements are written at once: between two calls nothing runs. */
const policy = { ...regionPolicy, feed: { ...regionPolicy.feed, acknowledgeEveryMs: 0 } };

/** Serves no duty: whoever does needs no leave to read. */
const noLeases: LeasesOfDuties = () => ({
  epoch: null,
  wanted: false,
  isLent: () => true,
  lend: (_connector, done) => done(false),
  holds: () => false,
  remainingMs: () => 0,
  seek: () => undefined,
  stop: () => undefined,
  release: () => undefined,
  forgo: () => undefined,
});

/** What a reader gets. What it acknowledged is durable before, if the store lets it. */
export const readPage = async (hall: Hall, reading: FeedReading, invocation: Invocation): Promise<FeedAnswer> => {
  const store = new EngineStore(placeOf(hall, "reader"));
  if (!(await new Promise<boolean>((done) => store.open(done)))) return refused;
  const region = regionOf(hall, store, invocation.awsRequestId);
  const waitMs = Math.max(0, Math.min(reading.waitMs, invocation.getRemainingTimeInMillis() - answerMs));
  region.setConnector(hall.connector.spec, hall.config.paused);
  region.start();
  const looking = new Looking(hall, store, region);
  await looking.until(() => region.begun);
  // A reader that does not wait gets what was accepted before it came.
  await looking.begin();
  const answer = await new Promise<FeedAnswer>((done) => {
    region.readFeed(hall.config.name, { ...reading, waitMs }, done);
  });
  const { cursor, reader } = reading;
  if (cursor !== null && answer.kind === "page") {
    await looking.until(() => covers(store.journal.consumers(hall.config.name)[reader] ?? {}, cursor));
  }
  looking.stop();
  await new Promise<void>((done) => region.stop(done));
  return answer;
};

const regionOf = (hall: Hall, store: EngineStore, id: string): Region => {
  const { config, clock, random, connector, log } = hall;
  const { environment, region, regions, mode, lease } = config;
  return new Region(
    { environment, region, regions, mode, lease, processId: id, store: "shared", policy },
    {
      clock,
      random,
      leases: noLeases,
      voters: [],
      journal: store.journal,
      peers: store.peers,
      translator: new BoundedTranslator(connector.functions),
      observer: observing(log, config.name),
      taker: () => noTaker,
      source: () => noSource,
    },
  );
};

/** Takes what is new into a region, for as long as it is asked. */
class Looking {
  readonly #hall: Hall;
  readonly #store: EngineStore;
  readonly #region: Region;
  #timer: Timer | null = null;

  constructor(hall: Hall, store: EngineStore, region: Region) {
    this.#hall = hall;
    this.#store = store;
    this.#region = region;
  }

  /** Resolves once it has looked for the first time. */
  begin(): Promise<void> {
    return new Promise((done) => this.#look(0, done));
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  /** Resolves when it is so, or after a while. */
  async until(isSo: () => boolean): Promise<void> {
    const { clock } = this.#hall;
    const end = clock.monotonicMs() + acknowledgeMs;
    while (!isSo() && clock.monotonicMs() < end) await new Promise<void>((done) => clock.after(5, done));
  }

  #look(delayMs: number, looked: () => void): void {
    const timer = this.#hall.clock.after(delayMs, () =>
      this.#store.sweep([], (segments) => {
        if (this.#timer !== timer) return;
        for (const segment of segments ?? []) this.#region.took(segment);
        looked();
        this.#look(lookMs, () => undefined);
      }),
    );
    this.#timer = timer;
  }
}
