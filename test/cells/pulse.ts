// Whether the machine itself stood still: what was late then says nothing of the gateway.
const stepMs = 50;

export class Pulse {
  #longestMs = 0;
  #last = performance.now();
  readonly #timer: NodeJS.Timeout;

  constructor() {
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#longestMs = Math.max(this.#longestMs, now - this.#last - stepMs);
      this.#last = now;
    }, stepMs);
  }

  /** Longest that this process was not let run, in milliseconds. */
  stop(): number {
    clearInterval(this.#timer);
    return Math.round(this.#longestMs);
  }
}
