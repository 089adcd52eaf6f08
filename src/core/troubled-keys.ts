import type { Journal } from "./ports.ts";

/** Keys that wait for a person because an entry of theirs ended as a fault or unknown (`onFault: block-key`). */
export class TroubledKeys {
  readonly #connector: string;
  readonly #journal: Journal;
  readonly #changed: (released: boolean) => void;
  #keys = new Set<string>();
  /** Keys of faults and unknowns that are being written, by identity. */
  readonly #writing = new Map<string, string>();
  /** Counts what a list that was asked for earlier may lack. */
  #news = 0;
  #loading = false;
  #known = false;

  /** @param changed called when the keys are known anew; `released`: one of them waits no more */
  constructor(connector: string, journal: Journal, changed: (released: boolean) => void) {
    this.#connector = connector;
    this.#journal = journal;
    this.#changed = changed;
  }

  /** Whether the journal was asked: before, nothing may be handed on. */
  get known(): boolean {
    return this.#known;
  }

  get any(): boolean {
    return this.#keys.size > 0;
  }

  has(key: string): boolean {
    return this.#keys.has(key);
  }

  /** An entry of the key ends so; that is being written. */
  add(identity: string, key: string): void {
    this.#writing.set(identity, key);
    this.#keys.add(key);
    this.#news += 1;
  }

  /** The end of an entry is durable: the journal tells it now. */
  written(identity: string): void {
    this.#writing.delete(identity);
  }

  load(): void {
    const news = ++this.#news;
    if (this.#loading) return;
    this.#loading = true;
    this.#journal.troubledKeys(this.#connector, (keys) => {
      this.#loading = false;
      if (news !== this.#news) return this.load();
      const before = this.#keys;
      this.#keys = new Set([...keys, ...this.#writing.values()]);
      this.#known = true;
      this.#changed([...before].some((key) => !this.#keys.has(key)));
    });
  }
}
