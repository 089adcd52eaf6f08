import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { replaceFile } from "./files.ts";

/** Which process works on a state folder, for whoever supervises it. */
export interface ProcessFile {
  readonly pid: number;
  /** Random for each start. */
  readonly processId: string;
  readonly startedAt: string;
}

export const thisProcess = (): ProcessFile => ({
  pid: process.pid,
  processId: randomBytes(6).toString("hex"),
  startedAt: new Date().toISOString(),
});

export const writeProcessFile = (stateDir: string, file: ProcessFile): void =>
  replaceFile(join(stateDir, "process.json"), `${JSON.stringify(file)}\n`);
