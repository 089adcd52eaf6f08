import type { AcceptAnswer, AcceptInput } from "../../../core/acceptor.ts";
import type { Done } from "../../../core/ports.ts";

/** Makes entries of one connector durable, without an engine and without its journals at hand. */
export interface Accepting {
  accept(input: AcceptInput, done: Done<AcceptAnswer>): void;
  /** Whether the store takes entries now. */
  probe(done: Done<boolean>): void;
}
