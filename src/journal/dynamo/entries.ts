// The light way in: one conditional put of an immutable item, without any index.
import {
  type Condition,
  type Item,
  isPassing,
  type Table,
  type TableFailure,
  type Written,
} from "../../aws/dynamo/table.ts";
import type { Clock, Done, StoreFailure } from "../../core/ports.ts";
import type { EntryRecord, JournalName } from "../../core/records.ts";
import { entryIn, entryItem, entryKey, isAccepted, placeIn } from "./items.ts";

/** The same table through the endpoints of other regions. */
export interface ReplicaTables {
  readonly tables: readonly Pick<Table, "put">[];
  /** Where none of them is reached: the entry is refused, or kept here alone. */
  readonly whenAlone: "refuse" | "accept";
}

export interface EntryPorts {
  readonly region: string;
  readonly regions: readonly string[];
  readonly table: Table;
  /** null: the entry need not be in another region before it is accepted. */
  readonly replicas: ReplicaTables | null;
  readonly clock: Clock;
  /** False: it comes into a page with others, or is nothing. Default: it waits for its number. */
  readonly waits?: boolean;
}

export type PutEntry =
  /** It stands, and waits for its number. */
  | { readonly kind: "put" }
  /** The identity stands already, with the first one's payload. */
  | {
      readonly kind: "known";
      readonly item: Item;
      readonly payload: string;
      /** null: it has no number yet. */
      readonly place: { readonly journal: JournalName; readonly position: number } | null;
      /** Another region wrote it. */
      readonly isForeign: boolean;
    }
  | (StoreFailure & { readonly isAlone: boolean });

const tries = 3;
const pauseMs = 100;

/**
 * Makes an entry durable: in another region first, where it must be there; nothing that is refused here is ever
 * dispatched.
 */
export const putEntry = (ports: EntryPorts, entry: EntryRecord, done: Done<PutEntry>): void => {
  const { region, regions, table } = ports;
  const elsewhere = regions.filter((other) => other !== region).map((other) => entryKey(other, entry.identity));
  const put = (): void => putReplicated(ports, entryItem(region, entry, ports.waits), done);
  if (elsewhere.length === 0) return put();
  table.get(elsewhere, false, (got) => {
    if (got.kind === "failed") return done(refusedBy(got));
    const first = got.items.find((item) => item !== null && isAccepted(item));
    if (first == null) put();
    else done(knownOf(first, true));
  });
};

/** Entries that are put beside each other. */
const putsAtOnce = 64;

/**
 * Puts entries, some at a time, and begins none after one was refused.
 *
 * @param each told how each that was not refused stands
 */
export const putEach = (
  ports: EntryPorts,
  entries: readonly EntryRecord[],
  each: (entry: EntryRecord, result: Exclude<PutEntry, StoreFailure>) => void,
  done: Done<StoreFailure | null>,
): void => {
  const queue = [...entries];
  let open = 0;
  let refusal: StoreFailure | null = null;
  const next = (): void => {
    while (open < putsAtOnce && refusal === null) {
      const entry = queue.shift();
      if (entry === undefined) break;
      open += 1;
      putEntry(ports, entry, (result) => {
        open -= 1;
        if (result.kind === "refused") refusal = result;
        else each(entry, result);
        if (open === 0 && (queue.length === 0 || refusal !== null)) done(refusal);
        else next();
      });
    }
  };
  if (queue.length === 0) done(null);
  else next();
};

const putReplicated = (ports: EntryPorts, item: Item, done: Done<PutEntry>): void => {
  const { replicas } = ports;
  const here = (): void => putOnce(ports, ports.table, item, (written) => accepted(ports, answerOf(written), done));
  if (replicas === null) return here();
  const next = (at: number): void => {
    const table = replicas.tables[at];
    if (table === undefined) {
      if (replicas.whenAlone === "accept") return here();
      const detail = "no other region was reached, and the connector is replicated";
      return done({ kind: "refused", reason: "failed", detail, isAlone: true });
    }
    putOnce(ports, table, item, (written) => {
      if (written.kind === "failed") return next(at + 1);
      // It was put there before, and may not have come here yet: then it is what stands.
      if (written.kind === "unmet" && written.item !== null) {
        const stands = written.item;
        return putOnce(ports, ports.table, stands, (own) =>
          accepted(
            ports,
            own.kind === "failed"
              ? refusedBy(own)
              : knownOf(own.kind === "unmet" ? (own.item ?? stands) : stands, false),
            done,
          ),
        );
      }
      here();
    });
  };
  next(0);
};

/** What stands already, and came into no page yet, waits for its number from now on. */
const accepted = ({ region, table, waits = true }: EntryPorts, result: PutEntry, done: Done<PutEntry>): void => {
  if (!waits || result.kind !== "known" || isAccepted(result.item)) return done(result);
  const set = { inbox: region, at: entryIn(result.item)?.acceptedAt ?? 0 };
  table.update(result.item, { set }, { kind: "present" }, (written) =>
    done(written.kind === "failed" ? refusedBy(written) : result),
  );
};

/** A put that must find nothing, or what is forgotten, may be made again. */
const putOnce = ({ clock }: EntryPorts, table: Pick<Table, "put">, item: Item, done: Done<Written>): void => {
  const attempt = (left: number, condition: Condition): void =>
    table.put(item, condition, (written) => {
      if (left <= 1) return done(written);
      if (isPassing(written)) return void clock.after(pauseMs, () => attempt(left - 1, condition));
      const stands = written.kind === "unmet" ? written.item : null;
      if (stands?.attributes.ttl === undefined) return done(written);
      attempt(left - 1, { kind: "equals", attribute: "ttl", value: stands.attributes.ttl });
    });
  attempt(tries, { kind: "absent" });
};

const answerOf = (written: Written): PutEntry => {
  switch (written.kind) {
    case "written":
      return { kind: "put" };
    case "failed":
      return refusedBy(written);
    case "unmet":
      return written.item === null ? { kind: "put" } : knownOf(written.item, false);
  }
};

const knownOf = (item: Item, isForeign: boolean): PutEntry => ({
  kind: "known",
  item,
  payload: entryIn(item)?.payload ?? "",
  place: placeIn(item),
  isForeign,
});

const refusedBy = ({ reason, detail }: TableFailure): PutEntry => ({
  kind: "refused",
  reason: reason === "refused" ? "full" : "failed",
  detail: reason === "too-large" ? `the payload is larger than an item of DynamoDB, 400 KB: ${detail}` : detail,
  isAlone: false,
});
