import type { AcceptInput } from "./ports.ts";
import { Recent } from "./recent.ts";

/** What waits to be compared of one connector at most, and what is remembered to be listed already. */
const waitingKept = 2_000;
const listedKept = 10_000;

/**
 * Compares what was read once more with what was accepted under its identity (protocol rule 9), one after the other and
 * after the page was taken. A source shows the same again and again: of one identity one conflict is listed.
 */
export class Rereads {
  readonly #compare: (input: AcceptInput, done: (conflict: boolean) => void) => void;
  readonly #waiting: AcceptInput[] = [];
  readonly #listed = new Recent(listedKept);
  #busy = false;
  #pumping = false;

  /** @param compare lists a conflict where the content is another */
  constructor(compare: (input: AcceptInput, done: (conflict: boolean) => void) => void) {
    this.#compare = compare;
  }

  add(inputs: readonly AcceptInput[]): void {
    const wanted = inputs.filter(({ identity }) => !this.#listed.has(identity));
    this.#waiting.push(...wanted.slice(0, Math.max(0, waitingKept - this.#waiting.length)));
    this.#next();
  }

  #next(): void {
    if (this.#pumping) return;
    this.#pumping = true;
    while (!this.#busy) {
      const input = this.#waiting.shift();
      if (input === undefined) break;
      this.#busy = true;
      this.#compare(input, (conflict) => {
        this.#busy = false;
        if (conflict) this.#listed.add(input.identity);
        this.#next();
      });
    }
    this.#pumping = false;
  }
}
