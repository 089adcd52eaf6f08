import fc from "fast-check";
import { expect, it } from "vitest";
import type { Journal } from "../../core/ports.ts";
import { type JournalName, type JournalRecord, outcomeNames, type SettlementRecord } from "../../core/records.ts";
import { type KnownSwitch, stateOf } from "../../core/settlement.ts";
import { ask, entry, type OpenStore, segment } from "./harness.ts";

const journals: readonly JournalName[] = ["west.1", "west.2", "north.1"];
const identity = fc.integer({ min: 1, max: 4 }).map((number) => `s ${number}`);
const site = fc.constantFrom("a", "b");
const time = fc.integer({ min: 0, max: 9 });

const record: fc.Arbitrary<JournalRecord> = fc.oneof(
  // What the journals say of one identity's entry differs in nothing that a region decides by.
  identity.map((name) => entry(name, { key: `k${name.length}` })),
  fc
    .record({
      identity,
      round: fc.constantFrom(0, 0, 1, 2),
      // Deliveries at a site are what a switch undoes.
      outcome: fc.oneof({ weight: 2, arbitrary: fc.constant("delivered" as const) }, fc.constantFrom(...outcomeNames)),
      place: fc.option(site, { nil: null, freq: 4 }),
      siteSeq: fc.integer({ min: 0, max: 2 }),
      time,
    })
    .map(
      ({ place, ...rest }): SettlementRecord => ({
        ...rest,
        kind: "settlement",
        site: place,
        home: place === null ? null : "a",
        reason: null,
        person: null,
      }),
    ),
  fc.record({ identity, round: fc.integer({ min: 1, max: 2 }) }).map(
    ({ identity: name, round }): JournalRecord => ({
      kind: "resubmit",
      identity: name,
      round,
      of: {},
      person: "ada",
      reason: null,
      time: 1,
    }),
  ),
  fc.record({ from: site, notSettledSince: time, seq: fc.integer({ min: 1, max: 3 }) }).map(
    ({ from, notSettledSince, seq }): JournalRecord => ({
      kind: "switch",
      home: "a",
      from,
      to: from === "a" ? "b" : "a",
      notSettledSince,
      seq,
      reason: "",
    }),
  ),
);

/** What each journal holds, and two orders in which a region may come to know it. */
const history = fc.tuple(...journals.map(() => fc.array(record, { maxLength: 10 }))).chain((contents) => {
  const steps = contents.flatMap((records, at) => records.map(() => at));
  const order = fc.shuffledSubarray(steps, { minLength: steps.length, maxLength: steps.length });
  return fc.tuple(fc.constant(contents), order, order);
});

type Contents = readonly (readonly JournalRecord[])[];
type History = readonly [contents: Contents, first: readonly number[], second: readonly number[]];

const tell = async (
  journal: Journal,
  connector: string,
  contents: Contents,
  order: readonly number[],
): Promise<void> => {
  const told = journals.map(() => 0);
  await Promise.all(
    order.map((at) => {
      const from = told[at] ?? 0;
      told[at] = from + 1;
      const records = (contents[at] ?? []).slice(from, from + 1);
      return ask(journal).apply(segment(journals[at] ?? "west.1", records, from, connector));
    }),
  );
};

/** Open entries and outcomes as stateOf has them. */
const expected = (contents: Contents): { open: readonly string[]; settled: number } => {
  const records = contents.flatMap((held, at) => held.map((one) => ({ one, journal: journals[at] ?? "west.1" })));
  const switches = records.flatMap(({ one, journal }): KnownSwitch[] =>
    one.kind === "switch" ? [{ ...one, journal }] : [],
  );
  const names = new Set(records.flatMap(({ one }) => (one.kind === "entry" ? [one.identity] : [])));
  const states = [...names].map((name) => {
    const settlements = records.flatMap(({ one }) => (one.kind === "settlement" && one.identity === name ? [one] : []));
    const rounds = records.flatMap(({ one }) => (one.kind === "resubmit" && one.identity === name ? [one.round] : []));
    const state = stateOf(Math.max(0, ...rounds), settlements, switches);
    return { name, text: `${name} round ${state.round}`, open: state.kind === "open" };
  });
  const open = states.filter((state) => state.open).map(({ text }) => text);
  return { open: open.sort(), settled: states.length - open.length };
};

export const converging = (open: OpenStore): void => {
  it("comes to the same state in whatever order it learns of records, and to that of stateOf", async () => {
    const [first, second] = await Promise.all([open("east"), open("south")]);
    let run = 0;
    const check = async ([contents, firstOrder, secondOrder]: History): Promise<void> => {
      run += 1;
      const connector = `orders-${run}`;
      await Promise.all([
        tell(first.journal, connector, contents, firstOrder),
        tell(second.journal, connector, contents, secondOrder),
      ]);
      const { pending, accepted, ...rest } = { ...first.journal.ledger(connector) };
      expect({ ...second.journal.ledger(connector) }).toEqual({ pending, accepted, ...rest });
      const found = await ask(first.journal).open(connector);
      expect(await ask(second.journal).open(connector)).toEqual(found);
      const truth = expected(contents);
      const rounds = new Set(found.map(({ identity: name, round }) => `${name} round ${round}`));
      expect([...rounds].sort()).toEqual(truth.open);
      expect({ pending, settled: accepted - pending }).toEqual({ pending: rounds.size, settled: truth.settled });
      expect(Object.values(rest.byOutcome).reduce((sum, count) => sum + count, 0)).toBe(truth.settled);
    };
    try {
      await fc.assert(fc.asyncProperty(history, check), { numRuns: 100 });
    } finally {
      await Promise.all([first.dispose(), second.dispose()]);
    }
  });
};
