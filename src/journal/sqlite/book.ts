import type { DatabaseSync } from "node:sqlite";
import { type EntryState, type KnownSwitch, needsPerson } from "../../core/settlement.ts";
import { change, row } from "../../sqlite/query.ts";
import type { Connector } from "./connectors.ts";
import { type Facts, stateOfFacts } from "./identities.ts";
import type { Tally } from "./messages.ts";
import { seriesOf } from "./schema.ts";

/** Keeps what is derived from the state of identities: open entries, faults and unknowns, the ledger. */
export class Book {
  readonly #open;
  readonly #close;
  readonly #trouble;
  readonly #untrouble;
  readonly #chain;
  readonly #addChain;

  constructor(database: DatabaseSync) {
    this.#open = change(
      database,
      "INSERT OR REPLACE INTO open (id, key, round, series, number) VALUES (?, ?, ?, ?, ?)",
    );
    this.#close = change(database, "DELETE FROM open WHERE id = ?");
    this.#trouble = change(
      database,
      "INSERT OR REPLACE INTO trouble (connector, anchor, outcome, time) VALUES (?, ?, ?, ?)",
    );
    this.#untrouble = change(database, "DELETE FROM trouble WHERE connector = ? AND anchor = ?");
    this.#chain = row<[number: number]>(
      database,
      "SELECT number FROM chain WHERE connector = ? AND home = ? AND site = ?",
    );
    this.#addChain = change(database, "INSERT INTO chain (connector, home, site) VALUES (?, ?, ?)");
  }

  /** What is known of the identity changed from `before` to `after`, under the connector's switches. */
  enter(connector: Connector, anchor: number, before: Facts, after: Facts): void {
    this.move(connector, anchor, [before, connector.switches], [after, connector.switches]);
  }

  /** Likewise, where the switches changed. */
  move(connector: Connector, anchor: number, before: Known, after: Known): void {
    const was = stateOfFacts(...before);
    const is = stateOfFacts(...after);
    count(connector.tally, -1, before[0], was);
    count(connector.tally, 1, after[0], is);
    this.#moveOpen(connector, [before[0], was], [after[0], is]);
    this.#moveTrouble(connector, anchor, was, is);
  }

  /** Number of a chain of sites at one site, for the table of deliveries. */
  chain(connector: Connector, home: string, site: string): number {
    const name = `${home}\n${site}`;
    let number = connector.chains.get(name) ?? this.#chain(connector.number, home, site)?.[0];
    if (number === undefined) {
      this.#addChain(connector.number, home, site);
      number = this.#chain(connector.number, home, site)?.[0] ?? 0;
    }
    connector.chains.set(name, number);
    return number;
  }

  #moveOpen({ number: connector }: Connector, [before, was]: Stated, [after, is]: Stated): void {
    const stays = is?.kind === "open";
    if (was?.kind === "open") {
      for (const { id } of before.entries) {
        if (!stays || !after.entries.some((entry) => entry.id === id)) this.#close(id);
      }
    }
    if (!stays) return;
    const same = was?.kind === "open" && was.round === is.round;
    for (const { id, key, sequence } of after.entries) {
      if (same && before.entries.some((entry) => entry.id === id)) continue;
      const series = sequence === null ? null : seriesOf(connector, sequence.of);
      this.#open(id, key, is.round, series, sequence?.number ?? null);
    }
  }

  #moveTrouble(connector: Connector, anchor: number, was: EntryState | null, is: EntryState | null): void {
    const old = troubleOf(was);
    const now = troubleOf(is);
    if (now !== null) this.#trouble(connector.number, anchor, now.outcome, now.time);
    else if (old !== null) this.#untrouble(connector.number, anchor);
  }
}

type Stated = readonly [facts: Facts, state: EntryState | null];
type Known = readonly [facts: Facts, switches: readonly KnownSwitch[]];

const troubleOf = (state: EntryState | null) => {
  if (state?.kind !== "settled") return null;
  const { outcome } = state.settlement;
  return needsPerson(outcome) ? state.settlement : null;
};

const count = (tally: Tally, sign: 1 | -1, facts: Facts, state: EntryState | null): void => {
  if (state === null) return;
  tally.accepted += sign;
  tally.conflicts += sign * facts.conflicts.length;
  if (state.kind === "settled") {
    tally.byOutcome[state.settlement.outcome] += sign;
    return;
  }
  tally.pending += sign;
  for (const { bytes } of facts.entries) tally.pendingBytes += sign * bytes;
};
