import * as fc from "fast-check";
import { expect, it } from "vitest";
import { type Dice, dice } from "../../../simulation/random.ts";
import { type Line, regions, TestGateways, timings } from "./testing.ts";
import { ProcessClock } from "./testing-process.ts";

const kinds = ["kill", "freeze", "cut", "end"] as const;

interface Event {
  readonly afterMs: number;
  readonly kind: (typeof kinds)[number];
  readonly region: number;
  readonly process: "keeper" | "engine";
  readonly lastsMs: number;
}

const event: fc.Arbitrary<Event> = fc.record({
  afterMs: fc.integer({ min: 0, max: 12_000 }),
  kind: fc.constantFrom(...kinds),
  region: fc.nat(1),
  process: fc.constantFrom("keeper", "engine"),
  lastsMs: fc.integer({ min: 100, max: 15_000 }),
});

interface Process {
  readonly clock: ProcessClock;
  readonly line: Line;
  readonly isOver: () => boolean;
  end(): void;
}

type Engine = Process & { holds(duty: string): boolean; drop(): void };

/** Keepers and engines of two regions, started again when they end, under random faults. */
class Faulty {
  readonly world = new TestGateways();
  readonly #dice: Dice;
  #engines: Engine[] = [];
  readonly #running = new Map<string, Process>();
  acted = 0;

  constructor(seed: number) {
    this.#dice = dice(seed);
  }

  run(events: readonly Event[]): void {
    this.#pass(30_000);
    for (const each of events) {
      this.#pass(each.afterMs);
      this.#happen(each);
    }
    this.#pass(60_000);
  }

  #pass(ms: number): void {
    for (let passed = 0; passed < ms; passed += 200) {
      for (const region of regions) {
        this.#keep(`${region} keeper`, () => this.#newKeeper(region));
        this.#keep(`${region} engine`, () => this.#newEngine(region));
      }
      this.world.clock.advance(200);
      this.#judge();
    }
  }

  #keep(name: string, start: () => Process): void {
    const running = this.#running.get(name);
    if (running === undefined || running.isOver() || running.line.cut) this.#running.set(name, start());
  }

  #happen({ kind, region, process, lastsMs }: Event): void {
    const name = `${regions[region]} ${process}`;
    const running = this.#running.get(name);
    if (running === undefined) return;
    if (kind === "freeze") {
      running.clock.freeze(lastsMs);
      // Lambda may start another one meanwhile.
      this.#running.delete(name);
    } else if (kind === "end") running.end();
    else {
      running.line.cut = true;
      if (kind === "cut") this.world.clock.after(lastsMs, () => this.#heal(running));
    }
  }

  /** One that was only cut off goes on, beside the one that was started meanwhile. */
  #heal({ line }: Process): void {
    line.cut = false;
  }

  #judge(): void {
    const over = this.#engines.filter(({ clock, isOver }) => !clock.isFrozen && isOver());
    for (const engine of over) engine.drop();
    this.#engines = this.#engines.filter((engine) => !over.includes(engine));
    for (const duty of regions) {
      const acting = this.#engines.filter(({ clock, holds }) => !clock.isFrozen && holds(duty));
      expect(acting.length).toBeLessThanOrEqual(1);
      this.acted += acting.length;
    }
  }

  #process(): { readonly clock: ProcessClock; readonly line: Line } {
    const offsetMs = this.#dice.int(-timings.marginMs / 2, timings.marginMs / 2);
    return {
      clock: new ProcessClock(this.world.clock, offsetMs, this.#dice.next() < 0.5),
      line: { cut: false, delayMs: () => 1 + Math.floor(this.#dice.next() ** 4 * 600) },
    };
  }

  #newKeeper(region: string): Process {
    const { clock, line } = this.#process();
    const { keeper, started } = this.world.keeper(region, clock, line);
    let isEnding = false;
    const end = (): void => {
      isEnding = true;
      keeper.stop(() => undefined);
    };
    const isOver = (): boolean => isEnding || (started() !== "" && !clock.isFrozen && !keeper.keeps());
    return { clock, line, end, isOver };
  }

  #newEngine(region: string): Engine {
    const { clock, line } = this.#process();
    const engine = this.world.startEngine(region, clock, line, this.#dice.int(1, 2_000));
    const isOver = (): boolean => {
      const claimed = engine.claimed();
      return claimed !== "asking" && !(claimed === "taken" && engine.claim.holds());
    };
    const process = { clock, line, end: engine.end, isOver, holds: engine.holds, drop: engine.drop };
    this.#engines.push(process);
    return process;
  }
}

it("never do two engines act for one duty and connector at a time, whatever is killed, frozen, cut off or late", () => {
  let acted = 0;
  fc.assert(
    fc.property(fc.integer(), fc.array(event, { minLength: 1, maxLength: 12 }), (seed, events) => {
      const faulty = new Faulty(seed);
      faulty.run(events);
      acted += faulty.acted;
    }),
    { numRuns: 40, seed: 5 },
  );
  expect(acted).toBeGreaterThan(0);
});
