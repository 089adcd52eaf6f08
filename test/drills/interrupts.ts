// Ctrl-C: the first one asks for an orderly end, the second one to throw away what is left.
export class Interrupts {
  readonly #first = new AbortController();
  readonly #second = new AbortController();
  readonly #listener = (): void => (this.#first.signal.aborted ? this.#second : this.#first).abort(new Interrupted());

  constructor() {
    process.on("SIGINT", this.#listener).on("SIGTERM", this.#listener);
  }

  get first(): AbortSignal {
    return this.#first.signal;
  }

  get second(): AbortSignal {
    return this.#second.signal;
  }

  get firstCame(): Promise<void> {
    return new Promise((resolve) => {
      if (this.first.aborted) resolve();
      else this.first.addEventListener("abort", () => resolve(), { once: true });
    });
  }

  close(): void {
    process.off("SIGINT", this.#listener).off("SIGTERM", this.#listener);
  }
}

export class Interrupted extends Error {
  override readonly name = "Interrupted";
  override readonly message = "interrupted";
}

/** The work, or Interrupted as soon as the signal comes. */
export async function unless<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  let listener: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    listener = () => reject(signal.reason);
    signal.addEventListener("abort", listener, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (listener) signal.removeEventListener("abort", listener);
  }
}
