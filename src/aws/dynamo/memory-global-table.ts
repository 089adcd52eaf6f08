// A global table in memory, for tests: each region's replica takes what others wrote late, in any order, item by item.
import { MemoryStore, MemoryTable, type MemoryStore as Replica, type Way } from "./memory-table.ts";
import type { Item, ItemKey } from "./table.ts";

/** Brings one item from a replica to another, whenever it likes; items overtake each other. */
export type Carry = (from: string, to: string, run: () => void) => void;

/** When an item was written last: the later write wins in every replica, whatever came first. */
interface Version {
  readonly at: number;
  readonly region: string;
}

export class MemoryGlobalTable {
  readonly #carry: Carry;
  readonly #nowMs: () => number;
  readonly #replicas = new Map<string, Replica>();
  readonly #versions = new Map<string, Version>();
  #lastMs = 0;

  /** @param nowMs the time of writes, by one clock: that of the service */
  constructor(regions: readonly string[], nowMs: () => number, carry: Carry) {
    this.#nowMs = nowMs;
    this.#carry = carry;
    for (const region of regions) {
      this.#replicas.set(region, new MemoryStore((key, item) => this.#written(region, key, item)));
    }
  }

  /** @throws Error the table has no replica there */
  replica(region: string): Replica {
    const replica = this.#replicas.get(region);
    if (replica === undefined) throw new Error(`no replica in ${region}`);
    return replica;
  }

  table(region: string, way?: Way): MemoryTable {
    return new MemoryTable(this.replica(region), way);
  }

  #written(region: string, key: ItemKey, item: Item | null): void {
    // Two writes of one millisecond have an order all the same.
    this.#lastMs = Math.max(this.#nowMs(), this.#lastMs + 0.001);
    const version = { at: this.#lastMs, region };
    this.#versions.set(versionKey(region, key), version);
    for (const to of this.#replicas.keys()) {
      if (to !== region) this.#carry(region, to, () => this.#arrive(to, key, item, version));
    }
  }

  #arrive(to: string, key: ItemKey, item: Item | null, version: Version): void {
    const held = this.#versions.get(versionKey(to, key));
    if (held !== undefined && held.at > version.at) return;
    this.#versions.set(versionKey(to, key), version);
    this.replica(to).place(key, item);
  }
}

const versionKey = (region: string, { pk, sk }: ItemKey): string => `${region}\n${pk}\n${sk}`;
