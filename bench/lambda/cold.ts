// How long it takes to load a file in a Node that has loaded nothing.
import { execFileSync } from "node:child_process";
import { median } from "../bench.ts";

const timing = "const began=performance.now();require(process.argv[1]);console.log(performance.now()-began)";

/** Median of fresh processes, in milliseconds. Files take turns, so that what else the machine does falls on all. */
export const coldRequire = (files: readonly string[], runs: number): readonly number[] => {
  const took: number[][] = files.map(() => []);
  for (let run = 0; run < runs; run += 1) {
    for (const [at, file] of files.entries()) {
      took[at]?.push(Number(execFileSync(process.execPath, ["-e", timing, file], { encoding: "utf8" })));
    }
  }
  return took.map(median);
};
