import type { Outcome } from "../core/records.ts";
import { chosenSite } from "../core/sites.ts";
import { firstAcknowledgedAt, hasSiteTrouble } from "./circumstances.ts";
import type { Injured } from "./faults.ts";
import type { Finding, Invariant } from "./finding.ts";
import type { Giver } from "./giver.ts";
import type { Host } from "./host.ts";
import type { Aftermath } from "./judge.ts";
import type { Given, Ledgers, Read } from "./ledgers.ts";
import { type ConnectorShape, sitesOf } from "./schedule-model.ts";
import { wasServed } from "./servings.ts";
import type { SourceBook } from "./source-book.ts";

/** Looks at the regions from beside: whether two hold one duty, and whether all came to rest. */
export class Aftercare {
  readonly #injured: Injured;
  readonly #ledgers: Ledgers;
  readonly #giver: Giver;
  readonly #books: ReadonlyMap<string, SourceBook>;
  readonly #seen: Finding[] = [];

  constructor(injured: Injured, ledgers: Ledgers, giver: Giver, books: ReadonlyMap<string, SourceBook>) {
    this.#books = books;
    this.#injured = injured;
    this.#ledgers = ledgers;
    this.#giver = giver;
  }

  found(invariant: Invariant, what: string): void {
    this.#seen.push({ invariant, what });
  }

  /** Called in the tick of every write: no other region that runs may hold the duty of the write. */
  looksAtHolders(write: (Read & { readonly identity?: string }) | undefined): void {
    if (write === undefined || this.#seen.length > 0) return;
    for (const [name, host] of this.#injured.hosts) {
      if (name === write.machine || host.region === null || !host.machine.running) continue;
      if (!host.region.handsOn(write.connector, write.duty)) continue;
      this.#seen.push({
        invariant: "no zombie",
        what: `${name} and ${write.machine} both act for ${write.duty} at ${Math.round(write.at)} ms`,
        ...(write.identity === undefined ? {} : { identity: write.identity }),
      });
    }
  }

  /** What is not at rest yet, in words; null where all is. */
  restless(): string | null {
    if (!this.#giver.finished) return "something is still given";
    return (
      this.#unread() ?? this.#unnumbered() ?? this.#unlevel() ?? this.#unsettled() ?? this.#away() ?? this.#strayed()
    );
  }

  aftermath(): Aftermath {
    const seen = [...this.#seen, ...this.#wrongLedgers()];
    return { taken: (given) => this.#taken(given), listed: (given) => this.#listed(given), seen };
  }

  #regions(): [string, Host][] {
    return [...this.#injured.hosts].filter(([name]) => name !== "witness");
  }

  /** What a partner has that is polled must have been read. */
  #unread(): string | null {
    for (const connector of this.#injured.schedule.shape.connectors) {
      const book = this.#books.get(connector.name);
      if (book === undefined) continue;
      const given = [...this.#ledgers.given.values()].filter(({ gift }) => gift.connector === connector.name);
      const waiting = given.filter(
        (one) => book.has(one) && this.#listed(one) === null && this.#isAskedFor(one, connector, given),
      );
      if (waiting.length > 0)
        return `${waiting.length} items of ${connector.name} were not read, the first is ${waiting[0]?.identity}`;
    }
    return null;
  }

  /**
   * A gap shows to a process between two numbers that stand in one journal, and is closed where the site that is asked
   * has what it has to itself.
   */
  #isAskedFor({ gift }: Given, { reconcile }: ConnectorShape, given: readonly Given[]): boolean {
    if (reconcile !== "gap") return true;
    const { schedule } = this.#injured;
    const isEnded = schedule.faults.some(({ kind }) => ["crash", "restart", "disk-lost"].includes(kind));
    if (schedule.shape.partner.mode === "active-active" || hasSiteTrouble(schedule) || isEnded) return false;
    const number = gift.number ?? 0;
    const pushed = given.filter((other) => other.gift.key === gift.key && other.gift.pushed);
    const lower = pushed.filter((other) => (other.gift.number ?? 0) < number);
    const higher = pushed.filter((other) => (other.gift.number ?? 0) > number);
    return lower.some((one) => higher.some((other) => isAfterInOneRegion(one, other)));
  }

  /** What was accepted must have come into a journal. */
  #unnumbered(): string | null {
    const { schedule, tables } = this.#injured;
    if (schedule.shape.store === "disk") return null;
    for (const { name } of schedule.shape.connectors) {
      const waiting = tables.waiting(name);
      if (waiting > 0) return `${waiting} items of ${name} wait for a number`;
    }
    return null;
  }

  /** Every region must hold every journal to the same position. */
  #unlevel(): string | null {
    for (const { name } of this.#injured.schedule.shape.connectors) {
      const vectors = this.#regions().map(([, host]) => Object.entries(host.held(name).vector()));
      const texts = vectors.map((vector) => JSON.stringify(vector.filter(([, position]) => position > 0).sort()));
      if (new Set(texts).size > 1) return `journals differ: ${texts.join(" and ")}`;
    }
    return null;
  }

  #unsettled(): string | null {
    for (const [region, host] of this.#regions()) {
      for (const { name } of this.#injured.schedule.shape.connectors) {
        const { pending, byOutcome } = host.held(name).ledger();
        if (pending > 0) return `${pending} pending of ${name} in ${region}`;
        const { unknown, faulted } = byOutcome;
        if (unknown + faulted > 0) return `${unknown} unknown and ${faulted} faulted of ${name} in ${region}`;
      }
    }
    return null;
  }

  #away(): string | null {
    const { regions, mode } = this.#injured.schedule.shape;
    for (const duty of regions) {
      const home = mode === "active-active" ? duty : (regions[0] ?? duty);
      for (const { name } of this.#injured.schedule.shape.connectors) {
        const actors = this.#regions().filter(([, host]) => host.region?.handsOn(name, duty) === true);
        const named = actors.map(([actor]) => actor).join(" and ");
        if (named !== home)
          return `${name} of ${duty} is acted for by ${named === "" ? "nobody" : named}, not by ${home}`;
      }
    }
    return null;
  }

  /** A failback that is still to come will send again what the recovery point covers. */
  #strayed(): string | null {
    const { connectors, partner } = this.#injured.schedule.shape;
    if (partner.mode === "primary-secondary" && partner.failbackAfterMs === null) return null;
    for (const { name, role } of connectors) {
      if (role !== "send") continue;
      for (const [, host] of this.#regions()) {
        for (const home of sitesOf(partner)) {
          const { site } = chosenSite(home, host.held(name).switches);
          if (site !== home) return `${name} of ${home} is at ${site}`;
        }
      }
    }
    return null;
  }

  #taken({ identity, gift }: Given): boolean {
    const shape = this.#injured.schedule.shape.connectors.find(({ name }) => name === gift.connector);
    if (shape?.role === "send") return this.#injured.partner.has(gift.connector, identity);
    if (shape?.feed != null) return wasServed(this.#ledgers, shape.feed, identity, Number.POSITIVE_INFINITY);
    return this.#ledgers.writes.some((write) => write.identity === identity && write.takenAt !== null);
  }

  #listed({ identity, gift }: Given): Outcome | null {
    for (const [, host] of this.#regions()) {
      const outcome = host.held(gift.connector).report(identity)?.outcome ?? null;
      if (outcome !== null) return outcome;
    }
    return this.#injured.schedule.shape.forgets ? (this.#ledgers.endings.get(identity) ?? null) : null;
  }

  #wrongLedgers(): Finding[] {
    const findings: Finding[] = [];
    for (const [region, host] of this.#regions()) {
      for (const { name } of this.#injured.schedule.shape.connectors) {
        const { accepted, pending, byOutcome } = host.held(name).ledger();
        const sum = Object.values(byOutcome).reduce((total, count) => total + count, pending);
        if (sum === accepted) continue;
        findings.push({ invariant: "nothing lost", what: `the ledger of ${name} in ${region} does not add up` });
      }
    }
    return findings;
  }
}

const isAfterInOneRegion = (one: Given, other: Given): boolean => {
  const regions = new Set([...one.tries, ...other.tries].map(({ region }) => region));
  const came = firstAcknowledgedAt(one);
  const later = other.tries[0]?.at;
  return regions.size === 1 && came !== null && later !== undefined && came < later;
};
