import { expect, test } from "vitest";
import { dynamoTraps } from "./dynamo-traps.ts";
import type { Wrapping } from "./host.ts";
import { numberTraps } from "./number-traps.ts";
import { pullTraps } from "./pull-traps.ts";
import { pushTraps } from "./push-traps.ts";
import { scheduleOf } from "./schedule.ts";
import type { Schedule } from "./schedule-model.ts";
import { simulate } from "./simulation.ts";
import { onlyWith, type Trap, trapSchedule } from "./trap.ts";
import { withChanges } from "./wrap.ts";

/** A trap must show within so many schedules. */
const schedules = 2_000;

/** The first schedule in which the trap shows; null: in none. */
const shownBy = (trap: Trap): Schedule | null => {
  for (let seed = 1; seed <= schedules; seed++) {
    const schedule = trapSchedule(trap, seed);
    if (simulate(schedule, trap.wrapping).findings.length > 0) return schedule;
  }
  return null;
};

test.each([...pushTraps, ...pullTraps, ...dynamoTraps, ...numberTraps].map((trap) => [trap.name, trap] as const))(
  "%s: is found, and nothing is without it",
  (_, trap) => {
    const schedule = shownBy(trap);
    expect(schedule, `within ${schedules} schedules`).not.toBeNull();
    if (schedule !== null) expect(simulate(schedule).findings).toEqual([]);
  },
  180_000,
);

test("a gateway that acknowledges and forgets is found at once", () => {
  let accepted = 0;
  const forgets: Wrapping = {
    ports: (ports) => ({
      ...ports,
      journal: withChanges(ports.journal, {
        accept: (connector, entry, done) => {
          accepted += 1;
          if (accepted % 10 > 0) return ports.journal.accept(connector, entry, done);
          done({ kind: "accepted", journal: `${entry.identity}.1`, position: 1 });
        },
      }),
    }),
  };
  const invariants = simulate(
    scheduleOf(3, 2, onlyWith({}, { role: "send", subscribes: false })),
    forgets,
  ).findings.map(({ invariant }) => invariant);
  expect(invariants).toContain("nothing lost");
});
