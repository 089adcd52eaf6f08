import { isUnordered, type NumberFinding, numberRows } from "./allow-numbers.ts";
import { unexplained } from "./allowances.ts";
import type { Finding } from "./finding.ts";
import type { Given, Ledgers, Write } from "./ledgers.ts";
import type { Schedule } from "./schedule-model.ts";

/** Invariant 3 over a hub without order: of a key the lower number takes effect first. */
export const numberDisorder = (schedule: Schedule, ledgers: Ledgers): Finding[] => {
  const byIdentity = Map.groupBy(ledgers.writes, ({ identity }) => identity);
  const writesOf = ({ identity }: Given): readonly Write[] => byIdentity.get(identity) ?? [];
  const decidedAt = ({ identity }: Given): readonly number[] =>
    ledgers.decisions.filter((one) => one.identity === identity).map(({ at }) => at);
  const numbered = [...ledgers.given.values()].filter(({ gift }) => isUnordered(gift, schedule));
  const findings: Finding[] = [];
  for (const series of Map.groupBy(numbered, ({ gift }) => `${gift.connector} ${gift.key}`).values()) {
    const inOrder = series.toSorted((a, b) => numberOf(a) - numberOf(b));
    const steps = inOrder.map((given) => ({ given, writes: writesOf(given) }));
    for (const [at, later] of steps.entries()) {
      const effect = firstEffect(later.writes);
      if (effect === null) continue;
      const earlier = steps.slice(0, at).find((one, from) => {
        const first = firstEffect(one.writes);
        if (first === null || first <= effect) return false;
        const between = steps.slice(from + 1, at + 1);
        const finding: NumberFinding = { earlier: one, later, between, decidedAt: decidedAt(one.given) };
        return unexplained(finding, numberRows, schedule);
      });
      if (earlier === undefined) continue;
      const what = `number ${numberOf(later.given)} of its key was taken at ${Math.round(effect)} ms, before ${earlier.given.identity}, which is number ${numberOf(earlier.given)}`;
      findings.push({
        invariant: "order per key",
        what,
        identity: later.given.identity,
        other: earlier.given.identity,
      });
    }
  }
  return findings;
};

const numberOf = ({ gift }: Given): number => gift.number ?? 0;

const firstEffect = (writes: readonly Write[]): number | null => {
  const times = writes.flatMap(({ takenAt }) => (takenAt === null ? [] : [takenAt]));
  return times.length === 0 ? null : Math.min(...times);
};
