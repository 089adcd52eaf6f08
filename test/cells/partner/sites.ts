// Which of a partner's sites are up, and which one works for a key.
import { otherSite, type SiteName, siteNames } from "./replicas.ts";

/** Their topology: one site works while the other stands by, or both work. */
export type Theirs = "ps" | "aa";

export class Sites {
  readonly theirs: Theirs;
  readonly #syncMs: number;
  readonly #down = new Set<SiteName>();
  readonly #upSince: Record<SiteName, number> = { a: 0, b: 0 };
  readonly #slowMs: Record<SiteName, number> = { a: 0, b: 0 };

  /** @param syncMs how long a site that was down gets from the other what it missed, before it works again */
  constructor(theirs: Theirs, syncMs: number) {
    this.theirs = theirs;
    this.#syncMs = syncMs;
  }

  isUp(site: SiteName): boolean {
    return !this.#down.has(site);
  }

  stop(site: SiteName): void {
    this.#down.add(site);
  }

  start(site: SiteName): void {
    if (this.#down.delete(site)) this.#upSince[site] = Date.now();
  }

  /** Everything that the site does takes this much longer. */
  slow(site: SiteName, ms: number): void {
    this.#slowMs[site] = ms;
  }

  slowMs(site: SiteName): number {
    return this.#slowMs[site];
  }

  /** The site that works for a key now; null: none is up. */
  workingFor(key: number): SiteName | null {
    const home = this.home(key);
    if (this.#works(home)) return home;
    const other = otherSite(home);
    if (this.isUp(other)) return other;
    return this.isUp(home) ? home : null;
  }

  /** Where a key belongs. */
  home(key: number): SiteName {
    return this.theirs === "ps" ? "a" : (siteNames[key % 2] ?? "a");
  }

  #works(site: SiteName): boolean {
    return this.isUp(site) && Date.now() - this.#upSince[site] >= this.#syncMs;
  }
}
