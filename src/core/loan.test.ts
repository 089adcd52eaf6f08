import { describe, expect, test } from "vitest";
import type { CommonSpec } from "../define/spec.ts";
import { environment, type Mode, timings } from "./testing-regions.ts";

describe("a connector whose link is bad", () => {
  /** East lends it to west. */
  const lent = (over: Partial<CommonSpec> = {}, mode: Mode = "active-active") => {
    const world = environment(over, mode);
    const { clock, east, west, replicate, spec } = world;
    east.duties.seek();
    west.duties.seek();
    clock.advance(timings.ttlMs);
    east.accept("a");
    east.taker.answer("a");
    replicate(west, east);
    replicate(east, west);
    const bad = { betterRegion: () => "west", reaches: () => false };
    east.duties.considerLinks(bad);
    replicate(east, west);
    clock.advance(1_000);
    return { ...world, name: spec.name, good: { betterRegion: () => null, reaches: () => true } };
  };

  test("is acted for by the region with the better link, the rest of the duty is not", () => {
    const { east, west, replicate, name } = lent();
    expect([east.duties.handsOn(name, "east"), west.duties.handsOn(name, "east")]).toEqual([false, true]);
    expect([east.duties.actsFor("east"), west.duties.actsFor("east")]).toEqual([true, false]);
    east.accept("b");
    replicate(east, west);
    expect([east.taker.identities, west.taker.identities]).toEqual([["a"], ["b"]]);
  });

  test("with onUnknown hold what is accepted after the loan is sent by the borrower", () => {
    const { east, west, replicate } = lent({ onUnknown: { kind: "hold" } });
    east.accept("b");
    replicate(east, west);
    expect([west.taker.identities, west.outcomes()]).toEqual([["b"], ["a delivered"]]);
  });

  test("comes back when the lender reaches its sites again, and nothing is sent twice", () => {
    const { clock, east, west, replicate, name, good } = lent();
    east.accept("b");
    replicate(east, west);
    west.taker.answer("b");
    replicate(east, west);
    west.duties.considerLinks(good);
    replicate(west, east);
    clock.advance(1_000);
    east.accept("c");
    expect([east.duties.handsOn(name, "east"), west.duties.handsOn(name, "east")]).toEqual([true, false]);
    expect([east.taker.identities, west.taker.identities]).toEqual([["a", "c"], ["b"]]);
  });

  test("is sent by the borrower also where that accepted it itself, in our primary-secondary", () => {
    const { east, west, replicate, name } = lent({}, "primary-secondary");
    expect([east.duties.actsFor("west"), west.duties.handsOn(name, "west")]).toEqual([true, true]);
    west.accept("b");
    expect(west.taker.identities).toEqual(["b"]);
    replicate(west, east);
    expect(east.taker.identities).toEqual(["a"]);
  });

  test("comes back when the borrower stops, after its requests have ended", () => {
    const { clock, east, west, replicate, name } = lent();
    east.accept("b");
    replicate(east, west);
    let stopped = false;
    west.duties.stop(() => {
      stopped = true;
    });
    expect(stopped).toBe(false);
    west.taker.answer("b");
    expect(stopped).toBe(true);
    replicate(west, east);
    clock.advance(1_000);
    expect([east.duties.handsOn(name, "east"), east.taker.identities]).toEqual([true, ["a"]]);
  });

  test("is in doubt for the lender where the borrower's lease lapsed over a request", () => {
    const { clock, east, west, replicate, name } = lent({ onUnknown: { kind: "hold" } });
    east.accept("b");
    replicate(east, west);
    expect(west.taker.identities).toEqual(["b"]);
    west.cut(true);
    clock.advance(4 * timings.ttlMs);
    expect(east.duties.handsOn(name, "east")).toBe(true);
    expect([east.taker.identities, east.outcomes()]).toEqual([["a"], ["a delivered", "b unknown"]]);
  });

  test("comes back by itself only after the borrower's lease ran out", () => {
    const { clock, east, west, name } = lent();
    west.cut(true);
    clock.advance(timings.ttlMs - timings.marginMs);
    expect([east.duties.handsOn(name, "east"), west.duties.handsOn(name, "east")]).toEqual([false, false]);
    clock.advance(3 * timings.ttlMs);
    expect(east.duties.handsOn(name, "east")).toBe(true);
  });
});
