import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { Clock, Timer } from "../../core/ports.ts";
import { hubContract, type OpenHub } from "../contract.ts";
import { EmbeddedHub } from "./hub.ts";

/** Time that the test moves; survives the hub. */
class MovedClock implements Clock {
  #now = Date.parse("2026-11-23T12:00:00Z");
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  wallMs(): number {
    return this.#now;
  }

  monotonicMs(): number {
    return this.#now;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { at: this.#now + delayMs, run };
    this.#timers.push(timer);
    return {
      cancel: () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      },
    };
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { run } of due) run();
  }
}

const open: OpenHub = async (setting) => {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-hub-"));
  const clock = new MovedClock();
  let hub = new EmbeddedHub({ folder, clock, ...setting });
  return {
    get hub() {
      return hub;
    },
    get nowMs() {
      return clock.wallMs();
    },
    advance: (ms) => clock.advance(ms),
    async crash() {
      await hub.kill();
      hub = new EmbeddedHub({ folder, clock, ...setting });
    },
    async dispose() {
      await hub.kill();
      rmSync(folder, { recursive: true });
    },
  };
};

hubContract("in a SQLite file", open);

it("the hub's file is for the owner alone", async () => {
  const folder = mkdtempSync(join(tmpdir(), "isthmus-hub-"));
  const hub = new EmbeddedHub({ folder: join(folder, "state"), clock: new MovedClock() });
  await new Promise((done) => hub.publish([{ type: "t", id: "1", source: "s", time: "", data: 1 }], done));
  for (const name of ["hub.sqlite", "hub.sqlite-wal"]) {
    expect(statSync(join(folder, "state", name)).mode & 0o777).toBe(0o600);
  }
  expect(statSync(join(folder, "state")).mode & 0o777).toBe(0o700);
  await hub.close();
  rmSync(folder, { recursive: true });
});
