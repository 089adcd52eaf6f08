// Preloaded into a gateway process: its wall clock is off by as many milliseconds as a file says, from when it says so.
// Its monotonic clock stays as it is, as where a machine's time is set.
import { readFileSync } from "node:fs";

const file = new URL(import.meta.url).searchParams.get("file") ?? "";
/** The file is read again after so long, in milliseconds. */
const readEveryMs = 20;

const machines = Date.now.bind(Date);
let offsetMs = 0;
let readAt = Number.NEGATIVE_INFINITY;

const now = (): number => {
  const at = performance.now();
  if (at - readAt > readEveryMs) {
    readAt = at;
    offsetMs = Number(readFileSync(file, "utf8"));
  }
  return machines() + offsetMs;
};

globalThis.Date = new Proxy(Date, {
  construct: (target, given, made) => Reflect.construct(target, given.length === 0 ? [now()] : given, made),
  get: (target, name) => (name === "now" ? now : Reflect.get(target, name)),
});
