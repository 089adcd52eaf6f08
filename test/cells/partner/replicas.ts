// What two sites of a partner keep, and the replication between them: asynchronous, in the order of writing.
export type SiteName = "a" | "b";
export const siteNames = ["a", "b"] as const satisfies readonly SiteName[];
export const otherSite = (site: SiteName): SiteName => (site === "a" ? "b" : "a");

export interface Kept<T> {
  readonly record: T;
  /** When this site got it, milliseconds since 1970. */
  readonly arrivedAt: number;
}

interface Shipment<T> {
  readonly from: SiteName;
  readonly record: T;
  dueAt: number;
}

export interface ReplicasOptions<T> {
  readonly lagMs: number;
  /** Asked when a record reaches the other site; false: it has the like already. Default: always kept. */
  readonly admits?: (site: SiteName, record: T) => boolean;
}

export class Replicas<T> {
  readonly #options: ReplicasOptions<T>;
  readonly #kept: Record<SiteName, Kept<T>[]> = { a: [], b: [] };
  readonly #stopped = new Set<SiteName>();
  #shipments: Shipment<T>[] = [];
  #timer: NodeJS.Timeout | null = null;

  constructor(options: ReplicasOptions<T>) {
    this.#options = options;
  }

  at(site: SiteName): readonly Kept<T>[] {
    return this.#kept[site];
  }

  write(site: SiteName, record: T): void {
    this.#kept[site].push({ record, arrivedAt: Date.now() });
    this.#shipments.push({ from: site, record, dueAt: Date.now() + this.#options.lagMs });
    this.#schedule();
  }

  /** Stops a site. With loss, what it had not replicated is gone for good, and returned. */
  stop(site: SiteName, loss: boolean): readonly T[] {
    this.#stopped.add(site);
    if (!loss) return [];
    const gone = new Set(this.#shipments.filter(({ from }) => from === site).map(({ record }) => record));
    this.#shipments = this.#shipments.filter(({ record }) => !gone.has(record));
    this.#kept[site] = this.#kept[site].filter(({ record }) => !gone.has(record));
    return [...gone];
  }

  /** Starts a stopped site: it gets what waited for it, and gives what it kept, one lag later. */
  start(site: SiteName): void {
    if (!this.#stopped.delete(site)) return;
    for (const shipment of this.#shipments) shipment.dueAt = Date.now() + this.#options.lagMs;
    this.#schedule();
  }

  /** Lets go of records at both sites. */
  trim(stays: (record: T) => boolean): void {
    for (const site of siteNames) this.#kept[site] = this.#kept[site].filter(({ record }) => stays(record));
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#shipments = [];
  }

  #schedule(): void {
    const [first] = this.#shipments;
    if (this.#timer !== null || first === undefined || this.#stopped.size > 0) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#ship();
        this.#schedule();
      },
      Math.max(1, first.dueAt - Date.now()),
    );
  }

  #ship(): void {
    if (this.#stopped.size > 0) return;
    const now = Date.now();
    const due = this.#shipments.findIndex(({ dueAt }) => dueAt > now);
    for (const { from, record } of this.#shipments.splice(0, due < 0 ? this.#shipments.length : due)) {
      const site = otherSite(from);
      if (this.#options.admits?.(site, record) !== false) this.#kept[site].push({ record, arrivedAt: now });
    }
  }
}
