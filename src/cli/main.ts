#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { CommanderError } from "commander";
import { DefinitionError } from "../define/problem.ts";
import { exit, UsageError } from "./exit.ts";
import { programOf } from "./program.ts";

// A reader that has seen enough (`| head`) is no error.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit();
});

const program = programOf((code) => {
  process.exitCode = code;
});
program.exitOverride();
for (const command of program.commands) {
  command.exitOverride();
  for (const inner of command.commands) inner.exitOverride();
}
try {
  await program.parseAsync();
} catch (error) {
  // Commander has said what is wrong by itself; help is no error.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? exit.well : exit.usage;
  else if (error instanceof UsageError || error instanceof DefinitionError) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = exit.usage;
  } else throw error;
}
