import type { Clock, Timer } from "../core/ports.ts";
import type { World } from "./world.ts";

/** How the clock of a machine differs from true time. */
export interface ClockFault {
  /** Seconds this clock counts in a true second; 1 is exact. */
  readonly rate: number;
  /** Whether the wall clock drifts likewise, or is kept right from outside. */
  readonly wallDrifts: boolean;
  /** Wall clock minus true wall clock at the start, in milliseconds. */
  readonly wallOffsetMs: number;
}

/** Wall clock when the world begins, in milliseconds since the Unix epoch. */
export const beginningMs = Date.UTC(2026, 0, 1);

type State = "down" | "running" | "frozen" | "suspended";

/**
 * A machine and the process on it. What does not run while the process cannot is dropped (crash) or kept for its
 * waking (freeze). Both clocks are the machine's: a suspended machine's monotonic clock stands still, its wall clock
 * does not.
 */
export class Machine {
  readonly name: string;
  readonly #world: World;
  readonly #rate: number;
  readonly #wallRate: number;
  #wallOffset: number;
  #suspendedMs = 0;
  #suspendedAt = 0;
  #state: State = "down";
  #generation = 0;
  #backlog: (() => void)[] = [];

  constructor(name: string, world: World, fault: ClockFault) {
    this.name = name;
    this.#world = world;
    this.#rate = fault.rate;
    this.#wallRate = fault.wallDrifts ? fault.rate : 1;
    this.#wallOffset = fault.wallOffsetMs;
  }

  /** Number of the running process: what was begun under another is nobody's. */
  get generation(): number {
    return this.#generation;
  }

  get up(): boolean {
    return this.#state !== "down";
  }

  get running(): boolean {
    return this.#state === "running";
  }

  /** Whether a process is there and does not run. */
  get stopped(): boolean {
    return this.up && !this.running;
  }

  start(): void {
    this.#generation++;
    this.#state = "running";
    this.#backlog = [];
  }

  /** The process is gone with all it did not write. */
  crash(): void {
    if (this.#state === "suspended") this.#suspendedMs += this.#world.now - this.#suspendedAt;
    this.#generation++;
    this.#state = "down";
    this.#backlog = [];
  }

  /** The process stops (`SIGSTOP`); the machine's clocks go on. */
  freeze(): void {
    if (this.#state === "running") this.#state = "frozen";
  }

  /** The whole machine stops: its monotonic clock too. */
  suspend(): void {
    if (this.#state !== "running") return;
    this.#state = "suspended";
    this.#suspendedAt = this.#world.now;
  }

  wake(): void {
    if (this.#state === "suspended") this.#suspendedMs += this.#world.now - this.#suspendedAt;
    if (this.#state !== "frozen" && this.#state !== "suspended") return;
    this.#state = "running";
    const backlog = this.#backlog;
    this.#backlog = [];
    for (const run of backlog) this.#world.after(0, run);
  }

  stepWall(byMs: number): void {
    this.#wallOffset += byMs;
  }

  wallMs(): number {
    return Math.floor(beginningMs + this.#wallOffset + this.#world.now * this.#wallRate);
  }

  monotonicMs(): number {
    const stopped = this.#state === "suspended" ? this.#world.now - this.#suspendedAt : 0;
    return (this.#world.now - this.#suspendedMs - stopped) * this.#rate;
  }

  /** Runs this in the process of `generation`: now, at its waking, or never. */
  run(generation: number, run: () => void): void {
    if (generation !== this.#generation || this.#state === "down") return;
    if (this.#state === "running") return run();
    this.#backlog.push(() => this.run(generation, run));
  }

  /** The clock as the process that runs now sees it. */
  clock(): Clock {
    const generation = this.#generation;
    return {
      wallMs: () => this.wallMs(),
      monotonicMs: () => this.monotonicMs(),
      after: (delayMs, run) => this.#timer(generation, delayMs, run),
    };
  }

  /** As timers of a real process: never sooner than asked for, and never at once. */
  #timer(generation: number, delayMs: number, run: () => void): Timer {
    const delay = Math.max(1, delayMs);
    const due = this.monotonicMs() + delay;
    let cancelled = false;
    let happening = this.#world.after(delay / this.#rate, () => this.run(generation, fire));
    const fire = (): void => {
      if (cancelled) return;
      const left = due - this.monotonicMs();
      if (left <= 0) return run();
      happening = this.#world.after(left / this.#rate + 0.01, () => this.run(generation, fire));
    };
    return {
      cancel: () => {
        cancelled = true;
        happening.run = null;
      },
    };
  }
}
