import { scheduleOf } from "../src/simulation/schedule.ts";
import { simulate } from "../src/simulation/simulation.ts";
import type { Bench } from "./bench.ts";

/** Fault schedules a second and core. */
export const simulationSpeed: Bench = {
  name: "simulation-speed",
  about: "random fault schedules of a world of two regions, by processor time",
  async run({ full }) {
    for (let seed = 1; seed <= 50; seed += 1) simulate(scheduleOf(seed, 2));
    const schedules = full ? 2_000 : 400;
    const before = process.cpuUsage();
    for (let seed = 1; seed <= schedules; seed += 1) simulate(scheduleOf(seed, 2));
    const { user, system } = process.cpuUsage(before);
    const rate = schedules / ((user + system) / 1_000_000);
    return [
      {
        what: "schedules a second and core",
        value: rate,
        unit: "",
        ratio: rate / 200,
        target: ">= 200",
        met: rate >= 200,
      },
    ];
  },
};
