import { describe, expect, test } from "vitest";
import { TestTaker } from "../../../core/testing.ts";
import { pollSpec, TestSource } from "../../../core/testing-source.ts";
import { Ways } from "./ways.ts";

/** A connector that read a source, and reads it no more. */
const drained = () => {
  const reader = Object.assign(new TestSource(), { close: (done: () => void) => done() });
  const spec = pollSpec();
  const ways = new Ways({ hubTaker: new TestTaker(), watched: (taker) => taker, watchedSource: (source) => source });
  ways.swap({ role: "poll", spec, reader });
  const { source } = ways.of(spec.name);
  ways.stopReading(spec.name);
  return { spec, reader, source };
};

describe("a connector that takes nothing more", () => {
  test("is read no more", () => {
    const { spec, reader, source } = drained();
    const verdicts: string[] = [];
    const duty = { region: "east", epoch: 1 };
    const reading = { connector: spec.name, site: "main", cursor: null, duty, timeoutMs: 1_000, mayWrite: () => true };
    source.read(reading, ({ verdict }) => verdicts.push(verdict));
    expect([reader.readings, verdicts]).toEqual([[], ["wait"]]);
  });

  test("still says whether its partner's site answers: other connectors of the partner go by that", () => {
    const { spec, source } = drained();
    const answers: boolean[] = [];
    source.probe(spec.name, "main", (ok) => answers.push(ok));
    expect(answers).toEqual([true]);
  });

  test("still sets its cursor back: else whoever adopts it would begin at the beginning once it reads again", () => {
    expect(drained().source.rewound("t9000", 1_000)).toBe("t8000");
  });
});
