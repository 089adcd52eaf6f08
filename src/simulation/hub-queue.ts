import type { Dice } from "./random.ts";
import type { World } from "./world.ts";

/** After this long what was not taken is handed over once more, in milliseconds. */
const visibleAgainMs = 1_000;

/**
 * The hub of a region that has no order: a rule and a queue, which hand over each event by itself, most of them soon, some
 * after others that were published later. They outlive the region's process and disk.
 */
export class HubQueue {
  readonly #world: World;
  readonly #dice: Dice;

  constructor(world: World, dice: Dice) {
    this.#world = world;
    this.#dice = dice;
  }

  /**
   * @param hand hands the event over; told whether it was taken
   * @param taken called once it was
   */
  deliver(hand: (done: (taken: boolean) => void) => void, taken: () => void): void {
    const attempt = (): void =>
      hand((isTaken) => {
        if (isTaken) taken();
        else this.#world.after(visibleAgainMs, attempt);
      });
    this.#world.after(this.#delayMs(), attempt);
  }

  #delayMs(): number {
    if (this.#dice.chance(0.7)) return this.#dice.int(1, 50);
    return this.#dice.chance(0.85) ? this.#dice.int(50, 2_000) : this.#dice.int(2_000, 9_000);
  }
}
