import { describe, expect, test } from "vitest";
import { entryOf } from "./testing.ts";
import { region, rules } from "./testing-poller.ts";
import { inputOf, reconcilingSpec } from "./testing-source.ts";

describe("a reconcile", () => {
  const numbered = (number: number) => entryOf(`n${number}`, { sequence: { of: "device", number } });
  /** East was given some numbers; the first reading is over. */
  const reconciling = (spec = reconcilingSpec({ kind: "gap" })) => {
    const world = region(spec);
    world.poll();
    world.source.page("start");
    const give = (...numbers: readonly number[]): void => {
      for (const number of numbers) world.acceptor.accept(spec, numbered(number), () => {});
    };
    return { ...world, give };
  };

  test("is made at the start", () => {
    expect(reconciling().source.cursors).toEqual([null]);
  });

  test("is made for a gap that stays, and closes it", () => {
    const { source, clock, watch, accepted, give } = reconciling();
    give(1, 2, 5);
    clock.advance(rules.gapAfterMs - 1);
    expect(source.cursors).toEqual([null]);
    clock.advance(1);
    expect(source.cursors).toEqual([null, "start"]);
    source.page(
      "end",
      [3, 4, 5].map(numbered).map(({ identity, ...rest }) => inputOf(identity, rest)),
    );
    clock.advance(rules.settleMs);
    expect([accepted(), watch.gaps]).toEqual([["n1", "n2", "n5", "n3", "n4"], []]);
    clock.advance(rules.quietRunMs / 2);
    expect(source.cursors).toEqual([null, "start"]);
  });

  test("is not made for numbers that only overtook each other", () => {
    const { source, clock, give } = reconciling();
    give(1, 3);
    clock.advance(rules.gapAfterMs - 1);
    give(2);
    clock.advance(rules.quietRunMs / 2);
    expect(source.cursors).toEqual([null]);
  });

  test("that does not find what is missing lists it, and is not made again for it", () => {
    const { source, clock, watch, give } = reconciling();
    give(1, 4);
    clock.advance(rules.gapAfterMs);
    source.page("end");
    clock.advance(rules.quietRunMs / 2);
    expect(source.cursors).toEqual([null, "start"]);
    expect(watch.gaps).toMatchObject([{ series: "device", from: 2, to: 3, state: "listed" }]);
  });

  test("is made now and then without a gap: the last of a series leaves none, and the cursor moves on", () => {
    const { source, clock, accepted, give } = reconciling();
    give(1);
    clock.advance(rules.quietRunMs);
    expect(source.cursors).toEqual([null, "start"]);
    source.page("end", ["n2"]);
    clock.advance(rules.settleMs);
    expect(accepted()).toEqual(["n1", "n2"]);
  });

  test("is made on its schedule", () => {
    const { source, clock } = reconciling(reconcilingSpec({ kind: "every", everyMs: 60_000 }));
    clock.advance(60_000);
    expect(source.cursors).toEqual([null, "start"]);
  });

  test("takes what was read only once what is on its way had time to come", () => {
    const world = region(reconcilingSpec({ kind: "gap" }));
    world.poll();
    world.source.page("start", ["a"]);
    world.clock.advance(rules.settleMs - 1);
    expect(world.accepted()).toEqual([]);
    world.clock.advance(1);
    expect(world.accepted()).toEqual(["a"]);
  });
});
