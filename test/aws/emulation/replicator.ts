// Stands for DynamoDB global tables: what is written to a table in one region appears in the other regions, later, item by
// item and in no order; of two writes the last one wins. Cut and healed with the regions; nothing is lost over a cut.
import { type Change, type Image, Replica } from "./replica.ts";

export interface ReplicatorOptions {
  /** Where each region is emulated: url by region. */
  readonly regions: Readonly<Record<string, string>>;
  /** Names of the tables that are replicated between all of them. */
  readonly tables: readonly string[];
  /** A change appears elsewhere after some time between half of this and this. Milliseconds. */
  readonly lagMs: number;
}

const retryMs = 250;
/** Writes to one table of a region at a time. */
const mostWrites = 16;
/** Older than whatever is written: a copy takes the place of nothing. */
const copiedMs = 1;

/** Changes that are on their way to one replica: of an item the latest only. */
interface Way {
  readonly to: Replica;
  readonly held: Map<string, Change>;
  /** Their time has come. */
  readonly due: Change[];
  writing: number;
}

export class Replicator {
  readonly #ways: readonly Way[];
  readonly #lagMs: number;
  readonly #cut = new Set<string>();
  /** When regions lost what they had. Wall clock, ms. */
  readonly #lost = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #isStopped = false;

  constructor({ regions, tables, lagMs }: ReplicatorOptions) {
    this.#lagMs = lagMs;
    this.#ways = tables.flatMap((table) =>
      Object.entries(regions).map(([region, url]): Way => {
        const to = new Replica({ region, url }, table, (change) => this.#spread(table, change));
        return { to, held: new Map(), due: [], writing: 0 };
      }),
    );
  }

  run(): void {
    for (const { to } of this.#ways) to.run();
  }

  stop(): void {
    this.#isStopped = true;
    for (const { to } of this.#ways) to.stop();
    for (const timer of this.#timers) clearTimeout(timer);
  }

  /** Nothing goes between a region and the others any more; it is kept. */
  cut(region: string): void {
    this.#cut.add(region);
  }

  heal(): void {
    this.#cut.clear();
    for (const way of this.#ways) {
      const held = [...way.held.values()];
      way.held.clear();
      for (const change of held) this.#later(way, change);
    }
  }

  /** What a region wrote before now and did not spread is lost with all that it had. */
  forget(region: string): void {
    this.#lost.set(region, Date.now());
  }

  /** Fills the tables of a region from another one, as a new replica is filled. @throws where one does not answer */
  async backfill(region: string, from: string): Promise<void> {
    for (const { to } of this.#ways.filter((way) => way.to.region === region)) {
      const source = this.#ways.find((way) => way.to.region === from && way.to.table === to.table);
      if (source === undefined) continue;
      const written = { ms: copiedMs, region: from };
      for await (const items of source.to.items()) {
        for (const item of items) await to.write({ key: keyOf(item), image: item, written });
      }
    }
  }

  #spread(table: string, change: Change): void {
    for (const way of this.#ways) {
      if (way.to.table === table && way.to.region !== change.written.region) this.#later(way, change);
    }
  }

  /** Each by itself: later changes overtake earlier ones of other items. */
  #later(way: Way, change: Change, pauseMs = this.#lagMs * (0.5 + Math.random() / 2)): void {
    if (this.#isStopped || !this.#passes(way, change)) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      if (!this.#passes(way, change)) return;
      way.due.push(change);
      this.#write(way);
    }, pauseMs);
    this.#timers.add(timer);
  }

  /** Whether it may go on now; what may not is held, or lost. */
  #passes({ to, held }: Way, change: Change): boolean {
    const { region, ms } = change.written;
    if ((this.#lost.get(region) ?? 0) >= ms) return false;
    if (!this.#cut.has(to.region) && !this.#cut.has(region)) return true;
    const name = nameOf(change.key);
    const other = held.get(name);
    if (other === undefined || other.written.ms <= ms) held.set(name, change);
    return false;
  }

  #write(way: Way): void {
    if (way.writing >= mostWrites) return;
    const change = way.due.shift();
    if (change === undefined) return;
    if (!this.#passes(way, change)) return this.#write(way);
    way.writing += 1;
    void way.to
      .write(change)
      .catch(() => this.#later(way, change, retryMs))
      .finally(() => {
        way.writing -= 1;
        this.#write(way);
      });
  }
}

const keyOf = ({ pk, sk }: Image): Image => ({ pk, sk });
const nameOf = (key: Image): string => JSON.stringify([key.pk, key.sk]);
