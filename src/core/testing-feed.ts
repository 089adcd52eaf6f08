import type { CommonSpec, FeedSpec } from "../define/spec.ts";
import type { DutyGrip } from "./dispatch-ports.ts";
import { FeedSettler } from "./feed-settler.ts";
import { Feeds } from "./feeds.ts";
import { Operator } from "./operator.ts";
import { regionPolicy } from "./policy.ts";
import type { FeedAnswer, Translator, WriteResult } from "./ports.ts";
import type { JournalName, JournalRecord, Vector } from "./records.ts";
import { entryOf, plainTranslator, sendSpec, TestClock } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";
import { journalsIn, positionOf } from "./vector.ts";

/** A feed that Ann and Bob read. */
export const feedSpec = (over: Partial<CommonSpec> = {}, readers: readonly string[] = ["ann", "bob"]): FeedSpec => ({
  ...sendSpec({ ordering: "none", startFrom: "earliest", ...over }),
  driver: "http",
  role: "feed",
  options: {
    readers: Object.fromEntries(readers.map((name) => [name, { scheme: "bearer", token: { secret: name } }] as const)),
    retentionMs: 86_400_000,
  },
});

/** Two regions that serve one feed; their journals reach each other when the test lets them. */
export const feeding = (over: Partial<CommonSpec> = {}, readers?: readonly string[]) => {
  const spec = feedSpec(over, readers);
  const clock = new TestClock();
  const east = serving("east", spec, clock);
  const west = serving("west", spec, clock);
  /** Brings what one region holds to the other; `only` one journal of it. */
  const replicate = (from: typeof east, to: typeof east, only?: JournalName): void => {
    for (const name of journalsIn(from.journal.vector(spec.name))) {
      if (only !== undefined && only !== name) continue;
      const above = positionOf(to.journal.vector(spec.name), name);
      from.journal.read(spec.name, name, above, 1_000, (segment) => {
        if (segment.records.length === 0) return;
        to.journal.apply(segment, () => {});
        to.learned(
          name,
          segment.records.map(({ record }) => record),
        );
      });
    }
  };
  return { spec, clock, east, west, replicate };
};

const serving = (name: string, spec: FeedSpec, clock: TestClock) => {
  const journal = new TestJournal(name);
  /** What translations of this region make of payloads that name these words. */
  const faults = new Set<string>();
  const translations: string[] = [];
  const translator: Translator = {
    ...plainTranslator,
    translate: (_connector, entry, _site, done) => {
      translations.push(entry.identity);
      if (faults.has(entry.identity)) return done({ kind: "fault", reason: "it throws" });
      if (entry.payload === "none") return done({ kind: "ignored" });
      done({ kind: "output", output: entry.identity, key: entry.key });
    },
  };
  const write = (connector: string, records: readonly JournalRecord[], done: (result: WriteResult) => void): void =>
    journal.write(connector, records, (result) => {
      if (result.kind === "written") learned(result.journal, records);
      done(result);
    });
  const held = { elsewhere: Number.POSITIVE_INFINITY };
  const feeds = new Feeds(
    {
      clock,
      journal,
      translator,
      observer: { observe: () => {} },
      write,
      releasable: (_spec, { journal: of, position }) => !of.startsWith(name) || position <= held.elsewhere,
      begun: () => true,
    },
    regionPolicy.feed,
    regionPolicy.dispatch.storeRetryMs,
  );
  feeds.set(spec);
  const grip = { holds: true };
  const settlers = ["east", "west"].map((duty) => {
    const hold: DutyGrip = {
      duty,
      epoch: 1,
      adopted: false,
      holds: () => grip.holds,
      isSuspect: () => false,
      isUndone: () => false,
    };
    const ports = { clock, journal, observer: { observe: () => {} }, write, outcomes: feeds.outcomes.bind(feeds) };
    return new FeedSettler(spec, false, ports, regionPolicy.dispatch, hold);
  });
  const learned = (of: JournalName, records: readonly JournalRecord[]): void => {
    feeds.learned(spec.name, records);
    for (const settler of settlers) settler.learned(of, records);
  };
  const accept = (...identities: readonly string[]): void => {
    for (const identity of identities) {
      const after = Object.fromEntries(
        Object.entries(journal.vector(spec.name)).filter(([of]) => !of.startsWith(name)),
      );
      const entry = entryOf(identity, { key: "k", acceptedAt: clock.wallMs(), after });
      clock.advance(1);
      journal.accept(spec.name, entry, (result) => {
        if (result.kind === "accepted") feeds.woken(spec.name);
      });
    }
  };
  /** What a reader gets; null while it waits. */
  const read = (
    reader: string,
    cursor: Vector | null = null,
    { limit = 100, waitMs = 0 } = {},
  ): { answer: FeedAnswer | null; leave(): void } => {
    const got: { answer: FeedAnswer | null; leave(): void } = { answer: null, leave: () => sending.abort() };
    const sending = feeds.read(spec, false, { reader, cursor, limit, waitMs }, (answer) => {
      got.answer = answer;
    });
    return got;
  };
  const outcomes = (): string[] =>
    journal.all(spec.name, "settlement").map(({ identity, outcome }) => `${identity} ${outcome}`);
  const operator = new Operator(clock, journal, write);
  const resubmit = (identity: string): void =>
    operator.resubmit(spec.name, [identity], { person: "ops", reason: null }, () => {});
  const register = (): void => feeds.register(spec);
  const settle = (): void => {
    for (const settler of settlers) settler.start();
  };
  return {
    name,
    journal,
    feeds,
    faults,
    translations,
    held,
    grip,
    settlers,
    learned,
    accept,
    read,
    outcomes,
    resubmit,
    register,
    settle,
  };
};

/** The events of a page and its cursor. */
export const pageOf = ({
  answer,
}: {
  readonly answer: FeedAnswer | null;
}): { events: readonly string[]; cursor: Vector; more: boolean } => {
  if (answer?.kind !== "page") throw new Error(`no page, but ${answer?.kind ?? "nothing yet"}`);
  return answer;
};
