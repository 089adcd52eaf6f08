import { isPassing, type Table, type Written } from "../../aws/dynamo/table.ts";
import type { Clock, Done, PositionedRecord, Random, StoreFailure } from "../../core/ports.ts";
import { type JournalName, type JournalRecord, journalName } from "../../core/records.ts";
import { journalKey, lightOf, pageItem } from "./items.ts";
import { persist } from "./pages.ts";
import type { PageReader } from "./reader.ts";

export interface LogPorts {
  readonly table: Table;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a write is tried before it is refused, in milliseconds. */
  readonly giveUpAfterMs: number;
  /** What was appended is taken as what is read is. */
  readonly reader: PageReader;
}

/** What one writer wants to stand together, asked for when its place is known: others may have written meanwhile. */
export interface Append {
  /** null: nothing has to be written any more. */
  records(): readonly JournalRecord[] | null;
  done(
    result: { readonly kind: "appended"; readonly first: number } | { readonly kind: "nothing" } | StoreFailure,
  ): void;
}

const pageRecords = 400;
const pageBytes = 300_000;

/**
 * The pages of one connector: the region's own are appended, one put at a time, at a number that was not there. Several
 * processes of a region may append: who comes second reads on and takes the next number.
 */
export class PageLog {
  readonly #region: string;
  readonly #ports: LogPorts;
  #waiting: Append[] = [];
  #appending = false;
  #incarnation = 0;
  #isAnnounced = false;

  constructor(region: string, ports: LogPorts) {
    this.#region = region;
    this.#ports = ports;
  }

  begin(incarnation: number): void {
    this.#incarnation = incarnation;
    this.#isAnnounced = this.#ports.reader.has(this.#own());
  }

  append(append: Append): void {
    this.#waiting.push(append);
    this.#appendNext();
  }

  #own(): JournalName {
    return journalName(this.#region, this.#incarnation);
  }

  #appendNext(): void {
    if (this.#appending || this.#waiting.length === 0) return;
    this.#appending = true;
    this.#announce((failure) => {
      if (failure === null) return this.#appendGroup();
      this.#appending = false;
      for (const one of this.#waiting.splice(0)) one.done(failure);
    });
  }

  /** Who reads finds a journal by what stands here. */
  #announce(done: Done<StoreFailure | null>): void {
    if (this.#isAnnounced) return done(null);
    const item = { ...journalKey(this.#region, this.#incarnation), attributes: { incarnation: this.#incarnation } };
    this.#write(
      (written) => this.#ports.table.put(item, null, written),
      (result) => {
        if (result.kind === "failed") return done(failureOf(result));
        this.#isAnnounced = true;
        done(null);
      },
    );
  }

  #appendGroup(): void {
    const group = this.#waiting;
    const { next, to } = this.#ports.reader.place(this.#own());
    const { places, left } = placed(group, to);
    this.#waiting = [...left];
    const records = places.flatMap(({ records: some }) => some ?? []);
    if (records.length === 0) return this.#settle(places, null);
    this.#put(
      next,
      records,
      (failure) => this.#settle(places, failure),
      () => {
        // Another process was first: what it wrote may change what is asked for.
        this.#waiting = [...places.map(({ one }) => one), ...this.#waiting];
        this.#catchUp();
      },
    );
  }

  #settle(places: readonly Placing[], failure: StoreFailure | null): void {
    this.#appending = false;
    for (const { one, records } of places) {
      const [first] = records ?? [];
      if (first === undefined) one.done({ kind: "nothing" });
      else one.done(failure ?? { kind: "appended", first: first.position });
    }
    this.#appendNext();
  }

  #catchUp(): void {
    const { clock, giveUpAfterMs } = this.#ports;
    const attempt = (done: Done<true | null>): void =>
      this.#ports.reader.readOn(this.#own(), (well) => done(well ? true : null));
    persist(clock, giveUpAfterMs, attempt, (well) => {
      if (well !== null) return this.#appendGroup();
      this.#appending = false;
      const failure: StoreFailure = { kind: "refused", reason: "failed", detail: "the table cannot be read" };
      for (const one of this.#waiting.splice(0)) one.done(failure);
    });
  }

  #put(page: number, records: readonly PositionedRecord[], done: Done<StoreFailure | null>, taken: () => void): void {
    const journal = this.#own();
    const by = this.#ports.random().toString(36).slice(2);
    const to = records.at(-1)?.position ?? 0;
    const item = pageItem({ journal, page, records, to, by });
    this.#write(
      (written) => this.#ports.table.put(item, { kind: "absent" }, written),
      (result) => {
        if (result.kind === "failed") return done(failureOf(result));
        // The answer to an earlier attempt may have been lost.
        if (result.kind === "unmet" && result.item?.attributes.by !== by) return taken();
        this.#ports.reader.take(journal, { page, to, by, records });
        done(null);
      },
    );
  }

  /** What was not answered, or was throttled, is written again: every write here may be. */
  #write(attempt: (done: Done<Written>) => void, done: Done<Written>): void {
    let last: Written = { kind: "failed", reason: "silent", detail: "the table did not answer" };
    const { clock, giveUpAfterMs } = this.#ports;
    persist(
      clock,
      giveUpAfterMs,
      (tried: Done<Written | null>) =>
        attempt((result) => {
          last = result;
          tried(isPassing(result) ? null : result);
        }),
      (result) => done(result ?? last),
    );
  }
}

/** What stands of one append in a page. */
interface Placing {
  readonly one: Append;
  /** null, or none: it needs nothing. */
  readonly records: readonly PositionedRecord[] | null;
}

/** What of a group fits into one page, with its positions; and what is left for the next. */
const placed = (
  group: readonly Append[],
  to: number,
): { readonly places: readonly Placing[]; readonly left: readonly Append[] } => {
  const places: Placing[] = [];
  const named = new Set<string>();
  let last = to;
  let bytes = 0;
  for (const [at, one] of group.entries()) {
    const records = one.records();
    const size = records === null ? 0 : sizeOf(records);
    const isFull = last - to + (records?.length ?? 0) > pageRecords || bytes + size > pageBytes;
    // What an earlier one of the group names is known to a later one only when it stands.
    const isNamed = (records ?? []).some((record) => record.kind === "entry" && named.has(record.identity));
    if ((isFull || isNamed) && last > to) return { places, left: group.slice(at) };
    for (const record of records ?? []) if (record.kind === "entry") named.add(record.identity);
    const first = last + 1;
    places.push({ one, records: records?.map((record, index) => ({ position: first + index, record })) ?? null });
    last += records?.length ?? 0;
    bytes += size;
  }
  return { places, left: [] };
};

const sizeOf = (records: readonly JournalRecord[]): number =>
  records.reduce((sum, record) => sum + JSON.stringify(lightOf(record)).length + 20, 0);

const failureOf = ({ detail }: Extract<Written, { kind: "failed" }>): StoreFailure => ({
  kind: "refused",
  reason: "failed",
  detail,
});
