import type { ConnectorSpec } from "../define/spec.ts";
import {
  advanced,
  type CursorDecision,
  type CursorMark,
  type CursorPlace,
  type CursorValue,
  cursorText,
  decideCursor,
  liftOf,
  lostSince,
  parseCursor,
  type Rereading,
  rereadingOf,
} from "./cursors.ts";
import type { DutyGrip } from "./dispatch-ports.ts";
import type { PollPorts } from "./poller-ports.ts";
import type { ReadingPlan } from "./reading-plan.ts";
import type { ChosenSite } from "./sites.ts";

/** Where a poller stands, in memory and in the journal. */
export class PollCursor {
  readonly #ports: PollPorts;
  readonly #grip: DutyGrip;
  #spec: ConnectorSpec;
  #plan: ReadingPlan;
  /** What the journal holds. */
  #kept: CursorValue | null = null;
  #lift = 0;
  /** Where the next reading begins; null: to be decided from what the journal holds. */
  #place: CursorPlace | null = null;
  #rereading: Rereading | null = null;
  #refusal = "";

  constructor(spec: ConnectorSpec, plan: ReadingPlan, ports: PollPorts, grip: DutyGrip) {
    this.#spec = spec;
    this.#plan = plan;
    this.#ports = ports;
    this.#grip = grip;
    const known = ports.journal.cursor(spec.name, plan.source);
    if (known === null) return;
    this.#kept = parseCursor(known.value);
    this.#lift = liftOf(this.#kept, known.epoch, ports.home, grip.epoch);
    this.#rereading = this.#kept.rereads ?? null;
  }

  update(spec: ConnectorSpec, plan: ReadingPlan): void {
    this.#spec = spec;
    this.#plan = plan;
  }

  get plan(): ReadingPlan {
    return this.#plan;
  }

  /** Why it does not go on at the site in use; empty where it does. */
  get refusal(): string {
    return this.#refusal;
  }

  /** Where to go on at a site; null: it cannot (`refusal`). */
  placeAt(chosen: ChosenSite): CursorPlace | null {
    const place = this.#place;
    if (place !== null && place.site === chosen.site && place.seq === chosen.seq) return place;
    const decision = this.#decide(chosen);
    const refusal = decision.kind === "refused" ? decision.why : "";
    if (refusal !== "" && refusal !== this.#refusal) this.#observe(chosen.site, "refused", refusal);
    this.#refusal = refusal;
    if (decision.kind === "refused") return null;
    if (decision.kind === "rewound") this.#rewound(chosen.site, decision);
    this.#place = decision.place;
    return decision.place;
  }

  /**
   * Where a page leads that was read from a place.
   *
   * @param more the source has more there
   */
  next(place: CursorPlace, mark: CursorMark, more: boolean): CursorPlace {
    if (place.cursor !== null) this.#rereading ??= rereadingOf(place, place.at, mark.at, null);
    const { upTo, until = 0 } = this.#rereading ?? {};
    const isBack = mark.cursor === upTo?.cursor;
    if (!more || isBack || mark.at >= until) this.#rereading = null;
    // Nothing came since: the page is as old as it was.
    if (isBack) return { ...place, ...upTo, site: place.site, seq: place.seq };
    const namesTime = mark.cursor !== null && this.#ports.source.rewound(mark.cursor, 0) !== null;
    return advanced(place, mark, namesTime ? 0 : Math.max(this.#recoveryMs(), this.#plan.lookbackMs));
  }

  isKept({ site, seq, cursor }: CursorPlace): boolean {
    const kept = this.#kept;
    if (kept === null) return cursor === null;
    return kept.site === site && kept.seq === seq && kept.cursor === cursor;
  }

  /** The record that says how far the source was read. */
  recordOf(place: CursorPlace): { readonly source: string; readonly value: string; readonly epoch: number } {
    return {
      source: this.#plan.source,
      value: cursorText(this.#valueOf(place)),
      epoch: this.#grip.epoch + this.#lift,
    };
  }

  /** The record of a place is durable. */
  kept(place: CursorPlace): void {
    this.#kept = this.#valueOf(place);
  }

  /** The next reading begins at a place. @returns whether that is further than the last one began */
  moveTo(place: CursorPlace): boolean {
    const moves = place.cursor !== this.#place?.cursor;
    this.#place = place;
    return moves;
  }

  #rewound(site: string, { byMs, place }: CursorDecision & { readonly kind: "rewound" }): void {
    this.#observe(site, "rewound", `by ${byMs} ms`);
    const from = this.#place ?? this.#kept;
    const before = this.#rereading;
    const since = before === null ? place.at : Math.min(place.at, before.since - byMs);
    if (from !== null) this.#rereading = rereadingOf(from, since, this.#ports.clock.wallMs(), before);
  }

  #valueOf({ site, seq, at, cursor, trail }: CursorPlace): CursorValue {
    const value = { site, seq, at, cursor, trail, home: this.#ports.home, lift: this.#lift };
    return this.#rereading === null ? value : { ...value, rereads: this.#rereading };
  }

  #decide(chosen: ChosenSite): CursorDecision {
    const { journal, source } = this.#ports;
    const { name } = this.#spec;
    const { acrossSites, lookbackMs } = this.#plan;
    const from = this.#place ?? this.#kept;
    return decideCursor({
      kept: from,
      to: chosen,
      acrossSites,
      lostSince:
        from === null ? Number.POSITIVE_INFINITY : lostSince(from, chosen, journal.switches(name), this.#recoveryMs()),
      // What this process read itself needs no looking back.
      lookbackMs: this.#place === null && this.#grip.adopted ? lookbackMs : 0,
      rewound: (cursor, byMs) => source.rewound(cursor, byMs),
    });
  }

  /** How far before the latest page the last that a site may have lost can lie. */
  #recoveryMs(): number {
    const { partner, requestTimeoutMs } = this.#spec;
    return partner.topology.recoveryPointMs + requestTimeoutMs + this.#ports.rules.clockSkewMs;
  }

  #observe(site: string, change: "rewound" | "refused", detail: string): void {
    this.#ports.observer.observe({ kind: "cursor", connector: this.#spec.name, site, change, detail });
  }
}
