import type { Clock, Done, Voter, VoterReply, VoterRequest } from "./ports.ts";
import { agreed, type VoterSets } from "./quorum.ts";
import type { LeaseTimings } from "./timings.ts";
import { decided, emptyRow, type LeaseTime, type Row, replyOf, type StoredLease, told } from "./voter-row.ts";

/** What a voter must not forget. Expiry is not stored: after a start every stored lease counts a full ttl again. */
export interface VoterRows {
  readonly [duty: string]: StoredRow;
}

export type StoredRow = Row<StoredLease>;

/** Writes the rows durably, then calls `done`. */
export type PersistRows = (rows: VoterRows, done: Done<boolean>) => void;

interface Lease extends StoredLease {
  readonly expiresAt: number;
}

interface Wanted {
  readonly by: string;
  readonly at: number;
}

/** One voter: grants leases by its own monotonic clock (protocol rules 1 to 3). */
export class VoterState implements Voter {
  readonly name: string;
  readonly #timings: LeaseTimings;
  readonly #clock: Clock;
  readonly #persist: PersistRows;
  readonly #rows = new Map<string, Row<Lease>>();
  readonly #wanted = new Map<string, Wanted>();
  readonly #mayGrantFrom: number;
  #recovering: boolean;

  /**
   * @param stored rows as last persisted; null when the disk has none (first start, or lost): then the highest epochs
   *   are first asked of a majority of the other voters
   * @param voterSets default: the other voters in one set
   */
  constructor(
    name: string,
    timings: LeaseTimings,
    clock: Clock,
    stored: VoterRows | null,
    persist: PersistRows,
    others: readonly Voter[],
    duties: readonly string[],
    voterSets: VoterSets = { generation: 1, sets: [others.map((other) => other.name)] },
  ) {
    this.name = name;
    this.#timings = timings;
    this.#clock = clock;
    this.#persist = persist;
    this.#mayGrantFrom = clock.monotonicMs() + timings.ttlMs;
    for (const [duty, row] of Object.entries(stored ?? {}))
      this.#rows.set(
        duty,
        withLeases(row, (lease) => ({ ...lease, expiresAt: this.#mayGrantFrom })),
      );
    this.#recovering = stored === null && others.length > 0;
    if (this.#recovering) this.#recover(others, duties, voterSets);
  }

  request(request: VoterRequest, done: Done<VoterReply | null>): void {
    if (request.kind === "read") {
      if (request.wanted) this.#wanted.set(request.duty, { by: request.holder, at: this.#clock.monotonicMs() });
      return done(this.#reply(request, false));
    }
    const { granted, row } = decided(this.#row(request.duty), request, this.#time());
    this.#rows.set(request.duty, row);
    if (!granted) return done(this.#reply(request, false));
    this.#persist(this.#stored(), (ok) => done(ok ? this.#reply(request, true) : null));
  }

  #time(): LeaseTime<Lease> {
    const now = this.#clock.monotonicMs();
    const mayGrant = !this.#recovering && now >= this.#mayGrantFrom;
    return {
      mayGrant,
      runs: ({ expiresAt }) => expiresAt > now,
      // What the others told of is renewed only when all that may have been granted, and forgotten with the disk, is over.
      mayRenew: ({ expiresAt }) => mayGrant || expiresAt !== Number.NEGATIVE_INFINITY,
      granted: (lease) => ({ ...lease, expiresAt: now + this.#timings.ttlMs }),
      released: ended,
    };
  }

  #reply(request: VoterRequest, granted: boolean): VoterReply {
    const now = this.#clock.monotonicMs();
    const mayGrant = !this.#recovering && now >= this.#mayGrantFrom;
    const wanted = this.#wanted.get(request.duty);
    const isWanted = wanted !== undefined && now - wanted.at < this.#timings.ttlMs && wanted.by !== request.holder;
    return replyOf(
      this.#row(request.duty),
      request,
      { granted, wanted: isWanted },
      (lease) => mayGrant && (lease === null || lease.expiresAt <= now),
    );
  }

  #row(duty: string): Row<Lease> {
    return this.#rows.get(duty) ?? emptyRow;
  }

  #stored(): VoterRows {
    const stored = ({ holder, epoch }: StoredLease): StoredLease => ({ holder, epoch });
    return Object.fromEntries([...this.#rows].map(([duty, row]) => [duty, withLeases(row, stored)]));
  }

  /**
   * Epochs are never reused, so a voter without memory first learns the highest, and who holds, from a majority of the
   * others: of every set, since it is not known in which generation it granted last.
   */
  #recover(others: readonly Voter[], duties: readonly string[], { generation, sets }: VoterSets): void {
    const known = new Set<string>();
    const without = sets.map((set) => set.filter((name) => name !== this.name)).filter((set) => set.length > 0);
    const ask = (): void => {
      for (const other of others) {
        if (known.has(other.name)) continue;
        const replies = new Map<string, VoterReply>();
        for (const duty of duties) {
          other.request({ kind: "read", duty, holder: this.name, generation: 0, wanted: false }, (reply) => {
            if (reply === null || !this.#recovering) return;
            replies.set(duty, reply);
            // The holder goes on renewing here what it may have been granted here: only then do all voters speak for it again.
            this.#rows.set(duty, told(this.#row(duty), reply, ended));
            if (replies.size === duties.length) known.add(other.name);
            if (agreed({ generation, sets: without }, known)) this.#recovered();
          });
        }
      }
      if (this.#recovering) this.#clock.after(this.#timings.ttlMs / 4, ask);
    };
    ask();
  }

  #recovered(): void {
    this.#persist(this.#stored(), (ok) => {
      if (ok) this.#recovering = false;
    });
  }
}

const ended = (lease: StoredLease): Lease => ({ ...lease, expiresAt: Number.NEGATIVE_INFINITY });

const withLeases = <A extends StoredLease, B extends StoredLease>(row: Row<A>, as: (lease: A) => B): Row<B> => ({
  ...row,
  lease: row.lease === null ? null : as(row.lease),
  exceptions: Object.fromEntries(Object.entries(row.exceptions).map(([connector, lease]) => [connector, as(lease)])),
});
