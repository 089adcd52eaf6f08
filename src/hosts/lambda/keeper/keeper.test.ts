import { describe, expect, it } from "vitest";
import { dutyKey, dutyRowOf } from "../lease/duty-row.ts";
import { claimTtlMs } from "../lease/engine-claim.ts";
import { type TestEngine, TestGateways, timings } from "./testing.ts";
import { ProcessClock } from "./testing-process.ts";

const rowOf = (world: TestGateways, region: string, duty: string) => {
  const item = world.regionalOf(region).get(dutyKey(duty));
  return item === undefined ? null : dutyRowOf(item);
};
/** Whether a region publishes that it may act for a duty now. */
const publishes = (world: TestGateways, region: string, duty: string): boolean =>
  (rowOf(world, region, duty)?.until ?? 0) > world.clock.wallMs();

const engineOf = (world: TestGateways, region: string): TestEngine => {
  const engine = world.engine(region);
  if (engine === null) throw new Error("another engine has the claim");
  return engine;
};

const bothAtHome = () => {
  const world = new TestGateways();
  const east = world.keeper("east");
  const west = world.keeper("west");
  world.until(() => publishes(world, "east", "east") && publishes(world, "west", "west"));
  return { world, east, west };
};

describe("two keepers", () => {
  it("hold the duties of their own regions, and start the engines", () => {
    const { world } = bothAtHome();
    world.clock.advance(60_000);
    expect(publishes(world, "east", "east") && publishes(world, "west", "west")).toBe(true);
    expect(publishes(world, "east", "west") || publishes(world, "west", "east")).toBe(false);
    expect(new Set(world.woken)).toEqual(new Set(["east orders", "west orders"]));
  });

  it("act one for the other that was killed, and hand back with marks what it comes home to", () => {
    const { world, west } = bothAtHome();
    west.line.cut = true;
    world.until(() => publishes(world, "east", "west"));
    const east = engineOf(world, "east");
    world.until(() => east.holds("west"));
    world.keeper("west");
    world.until(() => publishes(world, "west", "west"));
    expect([east.holds("east"), east.holds("west")]).toEqual([true, false]);
    expect(east.told.filter((each) => each === "west recalled").length).toBeGreaterThan(0);
    expect(rowOf(world, "west", "west")?.handback?.marks).toEqual({ orders: world.mark("east") });
    const home = engineOf(world, "west");
    world.until(() => home.holds("west"));
    expect(home.marks[0]?.marks).toEqual({ orders: world.mark("east") });
  });

  it("wait for an engine that acts, and tell nothing of one that was cut off", () => {
    const { world, west } = bothAtHome();
    west.line.cut = true;
    world.until(() => publishes(world, "east", "west"));
    const east = engineOf(world, "east");
    world.until(() => east.holds("west"));
    east.line.cut = true;
    world.keeper("west");
    world.until(() => rowOf(world, "east", "west")?.recalled === true);
    world.until(() => {
      expect(east.holds("west") && publishes(world, "west", "west")).toBe(false);
      return publishes(world, "west", "west");
    });
    expect(rowOf(world, "west", "west")?.handback?.marks).toEqual({});
  });
});

describe.each([10_000, -10_000])("regions of which one has its clock %i ms ahead of the other", (aheadMs) => {
  const apart = () => {
    const world = new TestGateways();
    const clocks = {
      east: new ProcessClock(world.clock, aheadMs, false),
      west: new ProcessClock(world.clock, 0, false),
    };
    const holds = (region: "east" | "west", duty: string): boolean =>
      (rowOf(world, region, duty)?.until ?? 0) > clocks[region].wallMs();
    const east = world.keeper("east", clocks.east);
    const west = world.keeper("west", clocks.west);
    world.until(() => holds("east", "east") && holds("west", "west"));
    return { world, clocks, holds, east, west };
  };

  it("keep what is theirs", () => {
    const { world, holds } = apart();
    for (let passed = 0; passed < 120_000; passed += 500) {
      world.clock.advance(500);
      expect([holds("east", "east"), holds("west", "west")]).toEqual([true, true]);
      expect([holds("east", "west"), holds("west", "east")]).toEqual([false, false]);
    }
  });

  it("never act both for the one that is killed, and it has its duty back when it returns", () => {
    const { world, clocks, holds, west } = apart();
    const home = world.startEngine("west", clocks.west);
    const adopter = world.startEngine("east", clocks.east);
    const isOne = (): void => expect([home.holds("west"), adopter.holds("west")]).not.toEqual([true, true]);
    world.until(() => home.holds("west"));
    west.line.cut = true;
    world.until(() => {
      isOne();
      return adopter.holds("west");
    });
    world.keeper("west", clocks.west);
    world.until(() => {
      isOne();
      return home.holds("west");
    });
    expect([holds("west", "west"), holds("east", "west")]).toEqual([true, false]);
  });
});

it("an engine that was cut off is followed by another one as soon as its claim is over", () => {
  const { world } = bothAtHome();
  world.clock.advance(10_000);
  engineOf(world, "east").line.cut = true;
  world.woken.length = 0;
  world.clock.advance(claimTtlMs(timings) - 500);
  expect(world.woken).toEqual([]);
  world.clock.advance(1_500);
  expect(world.woken).toEqual(["east orders"]);
});

describe("the next keeper of a region", () => {
  it("goes on under the same epochs", () => {
    const { world, east } = bothAtHome();
    const before = rowOf(world, "east", "east");
    for (let calls = 0, keeper = east.keeper; calls < 5; calls += 1) {
      world.clock.advance(20_000);
      keeper.stop(() => undefined);
      world.clock.advance(1_000);
      keeper = world.keeper("east").keeper;
    }
    world.clock.advance(timings.ttlMs);
    expect([rowOf(world, "east", "east")?.epoch, publishes(world, "east", "east")]).toEqual([before?.epoch, true]);
    expect(publishes(world, "west", "east")).toBe(false);
  });

  it("does not keep beside one that does", () => {
    const { world } = bothAtHome();
    expect(world.keeper("east").started()).toBe("busy");
  });
});

describe("an engine", () => {
  it("that follows one which ended as planned is told what that one told, under the same epoch", () => {
    const { world } = bothAtHome();
    const first = engineOf(world, "east");
    world.until(() => first.holds("east"));
    expect(first.marks).toEqual([null]);
    first.end();
    const second = engineOf(world, "east");
    world.until(() => second.holds("east"));
    expect(second.marks[0]?.marks).toEqual({ orders: world.mark("east") });
    expect(second.told).toEqual(first.told.slice(0, 1));
  });

  it("that follows one which was cut off waits for its claim to end, and is told nothing", () => {
    const { world } = bothAtHome();
    const first = engineOf(world, "east");
    world.until(() => first.holds("east"));
    first.line.cut = true;
    let second = world.engine("east");
    expect(second).toBeNull();
    world.until(() => {
      second = world.engine("east");
      expect(second !== null && first.holds("east")).toBe(false);
      return second !== null;
    });
    world.until(() => second?.holds("east") === true);
    expect(second?.marks).toEqual([null]);
  });

  it("that was frozen and wakes may send nothing", () => {
    const { world } = bothAtHome();
    const engine = engineOf(world, "east");
    world.until(() => engine.holds("east"));
    world.clock.stepWall(timings.ttlMs);
    expect(engine.holds("east")).toBe(false);
  });

  it("ends with what its keeper published, when that is gone", () => {
    const { world, east } = bothAtHome();
    const engine = engineOf(world, "east");
    world.until(() => engine.holds("east"));
    east.line.cut = true;
    world.until(() => publishes(world, "west", "east"));
    expect([engine.holds("east"), engine.told]).toEqual([false, ["east acquired 1", "east lapsed 1"]]);
  });
});
