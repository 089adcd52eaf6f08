import { expect, test } from "vitest";
import { Machine } from "./process.ts";
import { World } from "./world.ts";

const exact = { rate: 1, wallDrifts: false, wallOffsetMs: 0 };

const running = (clock = exact): { world: World; machine: Machine } => {
  const world = new World();
  const machine = new Machine("east", world, clock);
  machine.start();
  return { world, machine };
};

test("a suspended machine's monotonic clock stands still while its wall clock goes on", () => {
  const { world, machine } = running();
  const [monotonic, wall] = [machine.monotonicMs(), machine.wallMs()];
  machine.suspend();
  world.runUntil(5_000);
  machine.wake();
  expect(machine.monotonicMs() - monotonic).toBe(0);
  expect(machine.wallMs() - wall).toBe(5_000);
});

test("a timer of a suspended machine waits for the rest of its time, one of a frozen process is late", () => {
  for (const [stop, firesAt] of [
    ["suspend", 6_000],
    ["freeze", 5_000],
  ] as const) {
    const { world, machine } = running();
    const fired: number[] = [];
    machine.clock().after(2_000, () => fired.push(Math.round(world.now)));
    world.runUntil(1_000);
    machine[stop]();
    world.runUntil(5_000);
    machine.wake();
    world.runUntil(10_000);
    expect(fired).toEqual([firesAt]);
  }
});

test("a crash takes timers and what waited for a frozen process with it", () => {
  const { world, machine } = running();
  const ran: string[] = [];
  machine.clock().after(100, () => ran.push("timer"));
  machine.freeze();
  machine.run(machine.generation, () => ran.push("message"));
  machine.crash();
  machine.start();
  world.runUntil(1_000);
  expect(ran).toEqual([]);
});

test("a fast clock fires early in true time", () => {
  const { world, machine } = running({ rate: 1.05, wallDrifts: true, wallOffsetMs: 0 });
  let firedAt = 0;
  machine.clock().after(1_050, () => {
    firedAt = world.now;
  });
  world.runUntil(2_000);
  expect(firedAt).toBeCloseTo(1_000, 0);
});
