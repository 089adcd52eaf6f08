// What giver and taker of each cell write down, each for itself: one short line for everything that happened.
import { appendFileSync } from "node:fs";

/**
 * - `given`: a giver begins with a message; place: the region it goes to first, or the site where it lies to be read
 * - `tried`: it goes to another region, because the one before did not acknowledge
 * - `acknowledged`: by a region; of a source that is read: it lies at the site from now on
 * - `void`: it died with the partner's own site before anybody could be given it
 * - `effect`: a taker got it and did not know it there; place: site and the region that it came from, or the region's hub
 * - `again`: a taker got it and knew it
 * - `lost`: an effect died with its site; `merged`: one that another site had too, found when they compared
 */
export const happenings = ["given", "tried", "acknowledged", "void", "effect", "again", "lost", "merged"] as const;
export type Happening = (typeof happenings)[number];

export interface Line {
  /** Milliseconds since the run began. */
  readonly at: number;
  /** `<role>-<their topology>`, for example `send-ps`. */
  readonly cell: string;
  readonly what: Happening;
  readonly n: number;
  readonly key: number;
  readonly place: string;
}

/** Adds the time and writes the line. */
export type Write = (line: Omit<Line, "at">) => void;

export class Ledger {
  readonly #file: string;
  readonly #startedAt = Date.now();
  readonly #lines: Line[] = [];

  constructor(file: string) {
    this.#file = file;
    appendFileSync(file, "");
  }

  get lines(): readonly Line[] {
    return this.#lines;
  }

  now(): number {
    return Date.now() - this.#startedAt;
  }

  readonly write: Write = (line) => {
    const dated = { at: this.now(), ...line };
    this.#lines.push(dated);
    appendFileSync(this.#file, `${JSON.stringify(dated)}\n`);
  };
}
