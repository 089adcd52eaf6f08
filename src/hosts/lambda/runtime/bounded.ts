import type { Clock, Done } from "../../../core/ports.ts";

/** What is asked for, or something else where no answer comes in time; a later one counts for nothing. */
export const bounded = <T>(clock: Clock, withinMs: number, ask: (done: Done<T>) => void, otherwise: T): Promise<T> =>
  new Promise((done) => {
    const timer = clock.after(Math.max(0, withinMs), () => done(otherwise));
    ask((answer) => {
      timer.cancel();
      done(answer);
    });
  });
