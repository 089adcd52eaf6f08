import { describe, expect, test } from "vitest";
import type { CommonSpec } from "../define/spec.ts";
import { environment, timings } from "./testing-regions.ts";

/** East acted for its duty and is cut from the voters; west adopts what it has read. */
const adopted = (over: Partial<CommonSpec> = {}) => {
  const world = environment(over);
  const { clock, east, west, replicate } = world;
  east.duties.seek();
  east.accept("a");
  replicate(east, west);
  east.cut(true);
  west.duties.seek();
  clock.advance(3 * timings.ttlMs);
  return world;
};

describe("a duty", () => {
  test("is acted for by its home alone while both are there", () => {
    const { clock, east, west } = environment();
    east.duties.seek();
    west.duties.seek();
    clock.advance(60_000);
    expect([east.duties.actsFor("east"), west.duties.actsFor("east")]).toEqual([true, false]);
    expect([east.duties.actsFor("west"), west.duties.actsFor("west")]).toEqual([false, true]);
  });

  test("is adopted when its holder is gone, and what is open is sent under the next epoch", () => {
    const { east, west } = adopted();
    expect([east.duties.actsFor("east"), west.duties.actsFor("east")]).toEqual([false, true]);
    expect(west.taker.given.map(({ identity, duty }) => [identity, duty])).toEqual([
      ["a", { region: "east", epoch: 2 }],
    ]);
  });

  test("goes home with a mark: what the adopter delivered is not sent again", () => {
    const { clock, east, west, replicate } = adopted();
    west.taker.answer("a");
    east.cut(false);
    replicate(east, west);
    west.duties.considerReturns();
    replicate(west, east);
    clock.advance(timings.ttlMs);
    expect([east.duties.actsFor("east"), west.duties.actsFor("east")]).toEqual([true, false]);
    expect(east.taker.identities).toEqual(["a"]);
    expect(west.taker.identities).toEqual(["a"]);
  });

  test("is given back only after the requests under way have ended", () => {
    const { clock, east, west, replicate } = adopted();
    east.cut(false);
    replicate(east, west);
    west.duties.considerReturns();
    clock.advance(timings.ttlMs);
    expect(east.duties.actsFor("east")).toBe(false);
    west.taker.answer("a");
    replicate(west, east);
    clock.advance(timings.ttlMs);
    expect(east.duties.actsFor("east")).toBe(true);
  });

  test("home waits for the mark, and goes on without it after two ttl", () => {
    const { clock, east, west, replicate } = adopted();
    west.taker.answer("a");
    east.cut(false);
    replicate(east, west);
    west.duties.considerReturns();
    clock.advance(2 * timings.ttlMs - 1);
    expect(east.duties.actsFor("east")).toBe(false);
    clock.advance(timings.ttlMs);
    expect(east.duties.actsFor("east")).toBe(true);
  });

  test("what the adopter could not settle stays in doubt at home: with onUnknown hold it is not sent", () => {
    const { spec, clock, east, west, replicate } = environment({ onUnknown: { kind: "hold" } });
    west.partner.isDown = true;
    east.duties.seek();
    east.accept("a");
    replicate(east, west);
    east.cut(true);
    west.duties.seek();
    clock.advance(3 * timings.ttlMs);
    expect(west.duties.actsFor("east")).toBe(true);
    east.cut(false);
    replicate(east, west);
    west.duties.considerReturns();
    replicate(west, east);
    clock.advance(timings.ttlMs);
    expect(east.duties.actsFor("east")).toBe(true);
    expect(east.taker.identities).toEqual(["a"]);
    expect([spec.onUnknown.kind, east.outcomes()]).toEqual(["hold", ["a unknown"]]);
  });
});
