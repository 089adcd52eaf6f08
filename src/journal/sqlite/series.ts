import type { DatabaseSync } from "node:sqlite";
import type { Numbered, SeriesQuery, SeriesView } from "../../core/ports.ts";
import { rows } from "../../sqlite/query.ts";
import type { ConnectorState } from "./messages.ts";
import { placesOfIds } from "./offers.ts";
import { seriesOf } from "./schema.ts";

type Columns = [id: number, number: number, identity: string, key: string | null, open: 0 | 1];
const columns = "n.id, n.number, r.identity, r.key, EXISTS (SELECT 1 FROM open o WHERE o.id = n.id)";

/** Finds what is known around a number of a series: the table `numbered` has all of them, the table `open` the open ones. */
export class SeriesReader {
  readonly #below;
  readonly #above;
  readonly #open;

  constructor(database: DatabaseSync) {
    const near = `SELECT ${columns} FROM numbered n JOIN record r ON r.id = n.id WHERE n.series = ?`;
    this.#below = rows<Columns>(database, `${near} AND n.number < ? ORDER BY n.number DESC LIMIT ?`);
    this.#above = rows<Columns>(database, `${near} AND n.number > ? ORDER BY n.number LIMIT ?`);
    this.#open = rows<Columns>(
      database,
      `SELECT o.id, o.number, r.identity, o.key, 1 FROM open o JOIN record r ON r.id = o.id
       WHERE o.series = ? AND o.number < ? AND o.key = ? ORDER BY o.number LIMIT ?`,
    );
  }

  view(state: ConnectorState, { series: name, number, key, limit }: SeriesQuery): SeriesView {
    const series = seriesOf(state.number, name);
    return {
      below: numbered(state, this.#below(series, number, limit)),
      above: numbered(state, this.#above(series, number, limit)),
      open: numbered(state, this.#open(series, number, key, limit)),
    };
  }
}

const numbered = (state: ConnectorState, found: readonly Columns[]): readonly Numbered[] =>
  placesOfIds(
    state,
    found.map(([id, number, identity, key, open]) => ({ id, number, identity, key, open: open === 1 })),
  ).map(({ id: _, ...one }) => one);
