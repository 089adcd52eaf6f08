import type { FeedAnswer } from "../core/ports.ts";
import type { Vector } from "../core/records.ts";
import { contentOf } from "./content.ts";
import type { Facts } from "./facts.ts";
import type { Host } from "./host.ts";
import { identityIn, type Ledgers } from "./ledgers.ts";
import type { Network } from "./network.ts";
import type { Partner } from "./partner.ts";
import { Machine } from "./process.ts";
import { type FeedShape, type Reader, type Shape, sitesOf } from "./schedule-model.ts";
import { leaseTimings } from "./timings.ts";
import type { World } from "./world.ts";

export interface FeedWorld {
  readonly world: World;
  readonly network: Network;
  readonly partner: Partner;
  readonly facts: Facts;
  readonly ledgers: Ledgers;
  readonly hosts: ReadonlyMap<string, Host>;
  readonly shape: Shape;
}

/** A stored cursor, and which events its pages brought: those it must not bring again. */
interface Mark {
  readonly cursor: Vector | null;
  readonly seen: ReadonlySet<string>;
}

const beginning: Mark = { cursor: null, seen: new Set() };

const retryMs = 400;

/**
 * One reader of a feed, at the partner's sites: stores its cursor after each page, and lets the other site know of it
 * some time later. A site that takes over goes on from the cursor it has; a site that lost its disk from its copy.
 */
export class FeedReader {
  readonly #at: FeedWorld;
  readonly #connector: string;
  readonly #reader: Reader;
  readonly #feed: FeedShape;
  readonly #places: ReadonlyMap<string, Machine>;
  /** By site. */
  readonly #marks = new Map<string, Mark>();
  readonly #history: { readonly at: number; readonly mark: Mark }[] = [];
  #site: string;
  #region: number;

  constructor(at: FeedWorld, connector: string, reader: Reader, feed: FeedShape) {
    this.#at = at;
    this.#connector = connector;
    this.#reader = reader;
    this.#feed = feed;
    this.#site = reader.site;
    this.#region = feed.firstRegion;
    const exact = { rate: 1, wallDrifts: false, wallOffsetMs: 0 };
    this.#places = new Map(sitesOf(at.shape.partner).map((site) => [site, new Machine(site, at.world, exact)]));
    for (const site of this.#places.keys()) this.#marks.set(site, beginning);
    at.partner.onReturn((site) => this.#returned(site));
  }

  start(): void {
    const { world } = this.#at;
    for (const place of this.#places.values()) place.start();
    this.#later(this.#feed.firstAfterMs);
    const { goesBack } = this.#reader;
    if (goesBack !== null) world.at(goesBack.at, () => this.#goBack(goesBack.byMs));
  }

  #later(afterMs: number): void {
    this.#at.world.after(afterMs, () => this.#read());
  }

  #read(): void {
    const site = this.#takeOver();
    const from = this.#places.get(site ?? "");
    const { regions } = this.#at.shape;
    const host = this.#at.hosts.get(regions[this.#region % regions.length] ?? "");
    if (site === null || from === undefined || host === undefined) return this.#later(retryMs);
    const mark = this.#markAt(site);
    const reading = { ...this.#feed, reader: this.#reader.name, cursor: mark.cursor };
    this.#at.network.call<FeedAnswer>(
      from,
      host.machine,
      this.#feed.waitMs + leaseTimings.requestTimeoutMs,
      (reply) => {
        if (this.#at.partner.refusal(host.machine.name, site) !== undefined) return reply(refused);
        host.region?.readFeed(this.#connector, reading, (answer) => reply(answer, { large: isLarge(answer) }));
      },
      (answer) => this.#answered(site, mark, host.machine.name, answer),
    );
  }

  /** Where it reads from: a site that is lost is stood in for, by a site with another copy of its cursor. */
  #takeOver(): string | null {
    const { partner, shape } = this.#at;
    if (shape.partner.mode !== "primary-secondary") return partner.answers(this.#site) ? this.#site : null;
    const site = partner.speaksFor(this.#site);
    if (site === null || site === this.#site) return site;
    this.#forgot(this.#site, this.#markAt(this.#site), this.#markAt(site));
    this.#site = site;
    return site;
  }

  #answered(site: string, mark: Mark, region: string, answer: FeedAnswer | null): void {
    const { partner, facts, world } = this.#at;
    if (!partner.isUp(site)) return this.#later(retryMs);
    if (answer === null || answer.kind === "refused") {
      // What a region that starts refuses is no reason to leave it.
      if (answer === null || mark.cursor !== null) this.#region++;
      return this.#later(retryMs);
    }
    if (answer.kind === "gone") {
      this.#keep(site, { ...mark, cursor: answer.earliest });
      return this.#later(retryMs);
    }
    const next = this.#taken(mark, region, answer);
    const slowMs = answer.events.length === 0 ? 0 : partner.slownessMs(site);
    if (slowMs === 0) {
      this.#keep(site, next);
      return this.#later(answer.events.length === 0 ? retryMs / 4 : 1);
    }
    // Slower than it lets itself be: it begins anew from where it was.
    facts.count(`slow ${site}`);
    world.after(slowMs, () => {
      if (slowMs < leaseTimings.requestTimeoutMs) this.#keep(site, next);
      this.#later(1);
    });
  }

  #taken(mark: Mark, region: string, { events, cursor }: FeedAnswer & { kind: "page" }): Mark {
    const { world, ledgers } = this.#at;
    const seen = new Set(mark.seen);
    events.forEach((event, index) => {
      const identity = identityIn(this.#connector, contentOf(event).id);
      // One after the other, also within a page.
      const at = world.now + index * 1e-6;
      const again = mark.seen.has(identity);
      ledgers.servings.push({ at, reader: this.#reader.name, region, connector: this.#connector, identity, again });
      seen.add(identity);
    });
    return { cursor, seen };
  }

  #keep(site: string, mark: Mark): void {
    const { world, partner, shape } = this.#at;
    this.#marks.set(site, mark);
    this.#history.push({ at: world.now, mark });
    world.after(shape.partner.lagMs, () => {
      if (!partner.isUp(site) || this.#site !== site) return;
      for (const other of this.#places.keys()) if (other !== site && partner.isUp(other)) this.#marks.set(other, mark);
    });
  }

  /** A site that comes back has of its cursor what another one had got of it. */
  #returned(site: string): void {
    const copy = [...this.#places.keys()].find((other) => other !== site);
    if (copy === undefined) return;
    this.#forgot(site, this.#markAt(site), this.#markAt(copy));
    this.#marks.set(site, this.#markAt(copy));
  }

  #forgot(site: string, had: Mark, has: Mark): void {
    if (site === this.#site && has.seen.size < had.seen.size) this.#at.facts.count(`forgot ${site}`);
  }

  #goBack(byMs: number): void {
    const before = this.#at.world.now - byMs;
    const mark = this.#history.findLast(({ at }) => at <= before)?.mark ?? beginning;
    this.#marks.set(this.#site, mark);
    this.#at.facts.count(`went back ${this.#reader.name}`);
  }

  #markAt(site: string): Mark {
    return this.#marks.get(site) ?? beginning;
  }
}

const refused: FeedAnswer = { kind: "refused", retryAfterMs: 1_000 };

const isLarge = (answer: FeedAnswer): boolean =>
  answer.kind === "page" && answer.events.some((event) => contentOf(event).large);
