import { spawn } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import type { Bench } from "./bench.ts";

const script = fileURLToPath(new URL("../src/simulation/main.ts", import.meta.url));

/** Fault schedules a second and core. */
export const simulationSpeed: Bench = {
  name: "simulation-speed",
  about: "random fault schedules of the simulation, a second and core",
  async run({ full }) {
    const schedules = full ? 2_000 : 400;
    const few = await secondsFor(1);
    const many = await secondsFor(schedules + 1);
    const rate = schedules / (many - few) / availableParallelism();
    return [{ what: "schedules a second and core", value: rate, unit: "", target: ">= 200", met: rate >= 200 }];
  },
};

const secondsFor = (schedules: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const begin = performance.now();
    const child = spawn(process.execPath, [script, "--schedules", String(schedules), "--seed", "1", "--json"], {
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.once("exit", (code) => {
      if (code === 0) resolve((performance.now() - begin) / 1_000);
      else reject(new Error(`the simulation ended with ${code}`));
    });
  });
