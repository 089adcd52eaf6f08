import type { DispatchPorts } from "./dispatch-ports.ts";
import type { OpenEntry, Translation } from "./ports.ts";
import { Recent } from "./recent.ts";
import type { Outcome, SettlementRecord } from "./records.ts";
import { SettlementWriter } from "./settlement-writer.ts";

export type FeedMakerPorts = Pick<DispatchPorts, "clock" | "translator" | "observer" | "write">;

/** Entries that are remembered to have been made well. */
const mostRemembered = 16_384;

/**
 * Makes of the entries of one feed what its readers get. What they do not get is settled before a cursor passes it: else
 * it would be neither read nor listed.
 */
export class FeedMaker {
  readonly #connector: string;
  readonly #ports: FeedMakerPorts;
  readonly #writer: SettlementWriter;
  /** Settlements on their way, by identity and round, with who waits for them. */
  readonly #settling = new Map<string, (() => void)[]>();
  /** Identities and rounds. */
  readonly #made = new Recent(mostRemembered);

  /** @param storeRetryMs a store that refuses is asked again after this long, in milliseconds */
  constructor(connector: string, ports: FeedMakerPorts, storeRetryMs: number) {
    this.#connector = connector;
    this.#ports = ports;
    this.#writer = new SettlementWriter(connector, ports, storeRetryMs);
  }

  /** @param done with an event as JSON text for each entry, null where its readers get none; that is durable then */
  make(entries: readonly OpenEntry[], done: (events: readonly (string | null)[]) => void): void {
    const events: (string | null)[] = entries.map(() => null);
    let open = entries.length;
    if (open === 0) return done(events);
    const ended = (): void => {
      open -= 1;
      if (open === 0) done(events);
    };
    entries.forEach((entry, at) => {
      this.#ports.translator.translate(this.#connector, entry, null, (translation) => {
        if (translation.kind !== "output") return this.#settleUnserved(entry, translation, ended);
        events[at] = textOf(translation.output);
        this.#made.add(nameOf(entry));
        ended();
      });
    });
  }

  /** A later one of its key is there. */
  supersede(entries: readonly OpenEntry[], done: () => void): void {
    let open = entries.length;
    if (open === 0) return done();
    for (const entry of entries) {
      this.#settle(entry, "superseded", "a later one of its key is there", () => --open === 0 && done());
    }
  }

  /** How entries ended that every reader has passed: another region may not have told yet that they got none of it. */
  outcomes(entries: readonly OpenEntry[], done: (settlements: readonly SettlementRecord[]) => void): void {
    const settlements: SettlementRecord[] = [];
    let open = entries.length;
    if (open === 0) return done(settlements);
    const ended = (entry: OpenEntry, outcome: Outcome, reason: string | null): void => {
      settlements.push(this.#settlement(entry, outcome, reason));
      open -= 1;
      if (open === 0) done(settlements);
    };
    for (const entry of entries) {
      if (this.#made.has(nameOf(entry))) ended(entry, "delivered", null);
      else {
        this.#ports.translator.translate(this.#connector, entry, null, (translation) => {
          if (translation.kind === "output") ended(entry, "delivered", null);
          else ended(entry, ...endOf(translation));
        });
      }
    }
  }

  #settleUnserved(entry: OpenEntry, translation: Exclude<Translation, { kind: "output" }>, done: () => void): void {
    this.#settle(entry, ...endOf(translation), done);
  }

  #settle(entry: OpenEntry, outcome: Outcome, reason: string | null, done: () => void): void {
    const name = nameOf(entry);
    const waiting = this.#settling.get(name);
    if (waiting !== undefined) {
      waiting.push(done);
      return;
    }
    const all = [done];
    this.#settling.set(name, all);
    this.#writer.write(this.#settlement(entry, outcome, reason), () => {
      this.#settling.delete(name);
      for (const each of all) each();
    });
  }

  #settlement({ identity, round }: OpenEntry, outcome: Outcome, reason: string | null): SettlementRecord {
    const place = { site: null, home: null, siteSeq: 0 };
    const time = this.#ports.clock.wallMs();
    return { kind: "settlement", identity, round, outcome, ...place, time, reason, person: null };
  }
}

const nameOf = ({ identity, round }: OpenEntry): string => `${round} ${identity}`;

const endOf = (translation: Exclude<Translation, { kind: "output" }>): [outcome: Outcome, reason: string | null] =>
  translation.kind === "ignored" ? ["ignored", null] : ["faulted", translation.reason];

const textOf = (output: unknown): string => (typeof output === "string" ? output : JSON.stringify(output));
