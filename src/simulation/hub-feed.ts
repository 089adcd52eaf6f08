import type { AcceptInput } from "../core/acceptor.ts";
import type { Host } from "./host.ts";
import type { World } from "./world.ts";

interface Published {
  readonly input: AcceptInput;
  /** Called once, when the region's cursor has passed it. */
  read: (() => void) | null;
}

/** Events in one page. */
const page = 5;
/** Between two looks at what is unread, in milliseconds. */
const lookEveryMs = 400;

/**
 * The hub of one region as a source: keeps what was published, and hands it to a connector of that region page by page
 * from the cursor in the connector's journal. It outlives the region's process and disk.
 */
export class HubFeed {
  readonly #world: World;
  readonly #host: Host;
  readonly #connector: string;
  readonly #events: Published[] = [];
  #looking = false;

  constructor(world: World, host: Host, connector: string) {
    this.#world = world;
    this.#host = host;
    this.#connector = connector;
  }

  publish(input: AcceptInput, read: () => void): void {
    this.#events.push({ input, read });
    if (!this.#looking) this.#lookAfter(2);
  }

  #lookAfter(delayMs: number): void {
    this.#looking = true;
    this.#world.after(delayMs, () => {
      this.#looking = this.#events.some(({ read }) => read !== null);
      if (!this.#looking) return;
      const { machine } = this.#host;
      if (machine.running) this.#hand();
      this.#lookAfter(lookEveryMs);
    });
  }

  #hand(): void {
    const { region, journal } = this.#host;
    if (region === null || journal === null || !region.begun) return;
    const source = `hub:${this.#host.machine.name}`;
    const from = Number(journal.cursor(this.#connector, source)?.value ?? 0);
    for (const event of this.#events.slice(0, from)) {
      event.read?.();
      event.read = null;
    }
    const to = Math.min(this.#events.length, from + page);
    if (to === from) return;
    const inputs = this.#events.slice(from, to).map(({ input }) => input);
    // Whatever the answer: the cursor in the journal alone tells what was taken.
    region.acceptBatch(this.#connector, inputs, { source, value: String(to) }, () => {});
  }
}
