import { describe, expect, test } from "vitest";
import { pollHomeOf } from "./homes.ts";
import { environment, type Mode, timings } from "./testing-regions.ts";
import { pollSpec } from "./testing-source.ts";

/** East and west, at rest: the connector's poll duty is at home in east. */
const polling = (mode: Mode = "active-active") => {
  const world = environment({}, mode, pollSpec);
  const { clock, east, west } = world;
  east.duties.seek();
  west.duties.seek();
  clock.advance(timings.ttlMs);
  const cursors = (of: typeof east) => of.source.cursors;
  return { ...world, name: world.spec.name, cursors };
};

const bad = { betterRegion: () => "west", reaches: () => false };
const good = { betterRegion: () => null, reaches: () => true };

describe("the poll duty", () => {
  test("is acted for in one region only", () => {
    const { east, west, cursors } = polling();
    expect([east.duties.actsFor("east"), west.duties.actsFor("west")]).toEqual([true, true]);
    expect([cursors(east), cursors(west)]).toEqual([[null], []]);
  });

  test("goes to whoever adopts, who begins at the cursor that is known less the lookback", () => {
    const { clock, east, west, replicate, cursors } = polling();
    east.source.page("t900000", ["a"]);
    replicate(east, west);
    east.cut(true);
    clock.advance(3 * timings.ttlMs);
    expect(west.duties.actsFor("east")).toBe(true);
    expect(cursors(west)).toEqual(["t840000"]);
  });

  test("has no request open any more when its lease ends", () => {
    const { clock, east } = polling();
    east.cut(true);
    clock.advance(timings.ttlMs);
    expect([east.duties.actsFor("east"), east.source.open]).toEqual([false, null]);
  });

  test("goes home once the open request has ended, and home goes on exactly", () => {
    const { clock, east, west, replicate, cursors } = polling();
    east.cut(true);
    clock.advance(3 * timings.ttlMs);
    east.cut(false);
    replicate(east, west);
    west.duties.considerReturns();
    clock.advance(timings.ttlMs);
    expect(east.duties.actsFor("east")).toBe(false);
    west.source.page("t900000", ["a"]);
    replicate(west, east);
    clock.advance(timings.ttlMs);
    expect(east.duties.actsFor("east")).toBe(true);
    expect(cursors(east).at(-1)).toBe("t900000");
  });
});

describe.each<Mode>(["active-active", "primary-secondary"])("a bad link, in our %s", (mode) => {
  const lent = () => {
    const world = polling(mode);
    const { clock, east, west, replicate } = world;
    east.source.page("t900000", ["a"]);
    east.taker.answer("a");
    replicate(east, west);
    replicate(west, east);
    east.duties.considerLinks(bad);
    replicate(east, west);
    clock.advance(1_000);
    return world;
  };

  test("hands the poll to the region that reaches the site, which goes on exactly", () => {
    const { east, west, cursors, name } = lent();
    expect([east.duties.callsFor(pollSpec()), west.duties.callsFor(pollSpec())]).toEqual([false, true]);
    expect([east.duties.hasLent(name), cursors(west)]).toEqual([true, ["t900000"]]);
  });

  test("hands over the poll duty alone: what the lender acts for besides stays", () => {
    const { east, name } = lent();
    const others = mode === "active-active" ? [] : ["west"];
    expect(others.map((duty) => east.duties.handsOn(name, duty))).toEqual(others.map(() => true));
    expect(east.duties.actsFor("east")).toBe(true);
  });

  test("being good again brings the poll back, once the borrower's request has ended", () => {
    const { clock, east, west, replicate, cursors } = lent();
    west.duties.considerLinks(good);
    replicate(west, east);
    clock.advance(1_000);
    expect(east.duties.callsFor(pollSpec())).toBe(false);
    west.source.page("t950000", ["b"]);
    replicate(west, east);
    clock.advance(1_000);
    expect([east.duties.callsFor(pollSpec()), cursors(east).at(-1)]).toEqual([true, "t950000"]);
    expect(west.source.open).toBeNull();
  });

  test("of a borrower that is gone brings the poll back less the lookback", () => {
    const { clock, east, west, cursors } = lent();
    west.cut(true);
    clock.advance(4 * timings.ttlMs);
    expect([east.duties.callsFor(pollSpec()), cursors(east).at(-1)]).toEqual([true, "t840000"]);
    expect(west.source.open).toBeNull();
  });
});

test("a poll duty is at home at the primary, or in active-active where the connector's name says", () => {
  const regions = ["east", "west"];
  const names = ["a", "b", "c", "d", "e", "f"];
  expect(new Set(names.map((name) => pollHomeOf(name, { mode: "primary-secondary", regions })))).toEqual(
    new Set(["east"]),
  );
  expect(new Set(names.map((name) => pollHomeOf(name, { mode: "active-active", regions })))).toEqual(new Set(regions));
});
