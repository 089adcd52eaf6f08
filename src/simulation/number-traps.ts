import type { Numbered } from "../core/ports.ts";
import { journalParts } from "../core/records.ts";
import { overNumbers, worldOf } from "./schedule.ts";
import { alone, journals, type Trap } from "./trap.ts";
import { withChanges } from "./wrap.ts";

const ofOnePartner: NonNullable<Trap["steer"]> = (shape) => ({ ...overNumbers(shape), partner: alone });

/** What may go wrong where events are put in order by their numbers. */
export const numberTraps: readonly Trap[] = [
  {
    name: "take the order in which an unordered hub hands over",
    steer: ofOnePartner,
    wrapping: journals((journal) =>
      withChanges(journal, {
        accept: (connector, entry, done) => journal.accept(connector, { ...entry, sequence: null }, done),
      }),
    ),
  },
  {
    name: "pass a number that is missing at once",
    steer: ofOnePartner,
    wrapping: { spec: (spec) => ({ ...spec, gapAfterMs: 0 }) },
  },
  {
    name: "pass a number that is missing at once, over tables",
    steer: (shape) => worldOf({ store: "dynamo", hub: "unordered" })({ ...shape, partner: alone }),
    wrapping: { spec: (spec) => ({ ...spec, gapAfterMs: 0 }) },
  },
  {
    name: "look for a number in the own journals only",
    regions: 2,
    steer: ofOnePartner,
    wrapping: journals((journal, { machine }) => {
      const own = (found: readonly Numbered[]): readonly Numbered[] =>
        found.filter((one) => journalParts(one.journal).region === machine.name);
      return withChanges(journal, {
        series: (connector, query, done) =>
          journal.series(connector, query, ({ below, above, open }) =>
            done({ below: own(below), above: own(above), open: own(open) }),
          ),
      });
    }),
  },
  {
    name: "wait for a number for ever",
    steer: ofOnePartner,
    wrapping: { spec: (spec) => ({ ...spec, gapAfterMs: 3_600_000 }) },
  },
];
