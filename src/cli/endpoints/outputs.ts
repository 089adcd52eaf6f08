// What a region's stack says of where the region is asked: its output `admin`.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Reachable, reachable } from "./endpoint.ts";

/** The backend and the engine may both be far away, but who is on call does not wait for ever. Milliseconds. */
const longestMs = 20_000;

export type StackAnswer = Reachable | { readonly unknown: string };

/** @param program folder of the Pulumi program; its project is the folder above */
export const adminOf = (stack: string, program: string): Promise<StackAnswer> =>
  new Promise((done) => {
    const project = dirname(resolve(program));
    const [command, ...before] = engineIn(project);
    const args = [...before, "stack", "output", "admin", "--json", "--stack", stack];
    execFile(command, args, { cwd: project, timeout: longestMs }, (error, stdout, stderr) => {
      if (error !== null) return done({ unknown: reasonOf(error, stderr) });
      const read = reachable.safeParse(parsed(stdout));
      done(read.success ? read.data : { unknown: `the output 'admin' of the stack ${stack} is no endpoint` });
    });
  });

/** A project may have its own way to the engine. */
const engineIn = (project: string): readonly [string, ...string[]] => {
  const own = join(project, "scripts", "pulumi.ts");
  return existsSync(own) ? [process.execPath, own] : ["pulumi"];
};

const reasonOf = (error: Error & { readonly killed?: boolean }, stderr: string): string => {
  if (error.killed === true) return `Pulumi did not answer within ${longestMs / 1_000} s`;
  const [line = error.message] = stderr
    .trim()
    .split("\n")
    .filter((each) => each !== "");
  return `Pulumi: ${line.slice(0, 300)}`;
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
};
