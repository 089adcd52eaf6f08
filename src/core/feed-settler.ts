import type { ConnectorSpec, FeedSpec } from "../define/spec.ts";
import type { DispatchPorts, DispatchRules, DutyGrip, Work } from "./dispatch-ports.ts";
import { readByAll } from "./feed-readers.ts";
import { FeedReopened } from "./feed-reopened.ts";
import type { Done, OpenEntry } from "./ports.ts";
import type { JournalName, JournalRecord, SettlementRecord, Vector } from "./records.ts";
import { SettlementWriter } from "./settlement-writer.ts";
import { common, journalsOf, positionOf } from "./vector.ts";

/** Entries settled in one write. */
const page = 256;

export interface FeedSettlerPorts extends Pick<DispatchPorts, "clock" | "journal" | "observer" | "write"> {
  /** How entries ended that every reader has passed. */
  outcomes(spec: FeedSpec, entries: readonly OpenEntry[], done: Done<readonly SettlementRecord[]>): void;
}

/**
 * Settles what every reader of a feed has acknowledged, for the journals of one duty. A region that did it without the
 * duty would do no harm; one is enough.
 */
export class FeedSettler implements Work {
  readonly #ports: FeedSettlerPorts;
  readonly #grip: DutyGrip;
  readonly #writer: SettlementWriter;
  readonly #reopened: FeedReopened;
  #spec: FeedSpec;
  #paused: boolean;
  /** Up to here nothing is open that was acknowledged, but what was opened again. */
  #scanned: Record<JournalName, number> = {};
  #running = false;
  /** Something came while it ran. */
  #again = false;
  #stopped = false;
  #drained: (() => void) | null = null;

  constructor(spec: FeedSpec, paused: boolean, ports: FeedSettlerPorts, rules: DispatchRules, grip: DutyGrip) {
    this.#spec = spec;
    this.#paused = paused;
    this.#ports = ports;
    this.#grip = grip;
    this.#writer = new SettlementWriter(spec.name, ports, rules.storeRetryMs);
    this.#reopened = new FeedReopened(spec.name, ports.journal, grip.duty);
  }

  start(): void {
    this.#run();
  }

  stop(): void {
    this.#stopped = true;
  }

  drain(done: () => void): void {
    this.#drained = done;
    if (!this.#running) this.#ended();
  }

  update(spec: ConnectorSpec, paused: boolean): void {
    if (spec.role === "feed") this.#spec = spec;
    this.#paused = paused;
    this.#run();
  }

  accepted(): void {}

  learned(_journal: JournalName, records: readonly JournalRecord[]): void {
    for (const record of records) {
      if (record.kind === "settlement") this.#reopened.settled(record);
      else if (record.kind === "resubmit") {
        if (this.#reopened.isFull) this.#scanned = {};
        else this.#reopened.note(record.identity, () => this.#run());
      } else if (record.kind === "consumer" || record.kind === "entry") this.#run();
    }
  }

  poke(): void {
    this.#run();
  }

  #mayStart(): boolean {
    return !this.#stopped && !this.#paused && this.#drained === null && this.#grip.holds();
  }

  #run(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    if (!this.#mayStart()) return;
    this.#running = true;
    this.#again = false;
    const { journal } = this.#ports;
    // A reader may bring a cursor from a region whose records are not here yet: those are looked at when they come.
    this.#scan(common(readByAll(this.#spec, journal), journal.vector(this.#spec.name)));
  }

  /** Settles page by page what is open within what all have read. */
  #scan(read: Vector): void {
    const journals = journalsOf(this.#grip.duty, read).filter(
      (name) => positionOf(read, name) > positionOf(this.#scanned, name),
    );
    if (journals.length === 0 || this.#reopened.isFull) return this.#settleReopened(read);
    const query = { journals, above: this.#scanned, upTo: read, limit: page };
    this.#ports.journal.open(this.#spec.name, query, (entries) => {
      const first = entries.filter(({ round }) => round === 0);
      const again = entries.filter(({ round }) => round > 0);
      this.#settle(first, () =>
        this.#reopened.noteAll(again, () => {
          this.#passed(journals, entries, read);
          this.#scan(read);
        }),
      );
    });
  }

  #settleReopened(read: Vector): void {
    this.#reopened.readyWithin(read, (entries) => this.#settle(entries, () => this.#ended()));
  }

  #passed(journals: readonly JournalName[], entries: readonly OpenEntry[], read: Vector): void {
    const last = entries.length < page ? undefined : entries.at(-1);
    const whole = last === undefined ? journals : journals.slice(0, journals.indexOf(last.journal));
    const passed = Object.fromEntries(whole.map((name) => [name, positionOf(read, name)]));
    const partly = last === undefined ? {} : { [last.journal]: last.position };
    this.#scanned = { ...this.#scanned, ...passed, ...partly };
  }

  /** Writes how they ended and goes on; where nothing may be started any more it ends, to look at all of it again. */
  #settle(entries: readonly OpenEntry[], done: () => void): void {
    if (entries.length === 0) return done();
    if (!this.#mayStart()) {
      this.#scanned = {};
      return this.#ended();
    }
    this.#ports.outcomes(this.#spec, entries, (settlements) => this.#writer.writeAll(settlements, done));
  }

  #ended(): void {
    this.#running = false;
    if (this.#drained !== null) {
      const done = this.#drained;
      this.#drained = () => {};
      done();
    } else if (this.#again) this.#run();
  }
}
