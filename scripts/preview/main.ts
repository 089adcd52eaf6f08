// `npm run preview:test`: starts the command apart from the terminal, whose Ctrl-C would otherwise reach the Pulumi engine and
// its provider too, a second time and in the middle of what they make. Told once, the command lets them end in good order.
import { spawn } from "node:child_process";
import { join } from "node:path";

const quiet = "--disable-warning=ExperimentalWarning";
const child = spawn(process.execPath, [quiet, join(import.meta.dirname, "command.ts"), ...process.argv.slice(2)], {
  detached: true,
  stdio: ["ignore", "inherit", "inherit"],
});
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => child.kill(signal === "SIGHUP" ? "SIGTERM" : signal));
}
child.on("exit", (code) => process.exit(code ?? 1));
