/** Lets what was begun in an order go on in that order, whichever of it is ready first. */
export class InOrder {
  readonly #waiting: { run: (() => void) | null }[] = [];

  /** @returns to be called once, with what is to be done in turn */
  begin(): (run: () => void) => void {
    const place: { run: (() => void) | null } = { run: null };
    this.#waiting.push(place);
    return (run) => {
      place.run = run;
      this.#goOn();
    };
  }

  #goOn(): void {
    for (let first = this.#waiting[0]; first !== undefined && first.run !== null; first = this.#waiting[0]) {
      this.#waiting.shift();
      first.run();
    }
  }
}
