import type { Clock, Done, HandbackMark, LeaseView, Voter, VoterReply, VoterRequest } from "./ports.ts";
import { agreed, type VoterSets } from "./quorum.ts";
import type { LeaseTimings } from "./timings.ts";

/** What a voter must not forget. Expiry is not stored: after a start every stored lease counts a full ttl again. */
export interface VoterRows {
  readonly [duty: string]: StoredRow;
}

export interface StoredRow {
  readonly highestEpoch: number;
  readonly lease: StoredLease | null;
  readonly exceptions: Readonly<Record<string, StoredLease>>;
  readonly handback: HandbackMark | null;
  readonly seenGeneration: number;
  readonly confirmedGeneration: number;
}

export interface StoredLease {
  readonly holder: string;
  readonly epoch: number;
}

/** Writes the rows durably, then calls `done`. */
export type PersistRows = (rows: VoterRows, done: Done<boolean>) => void;

interface Lease extends StoredLease {
  readonly expiresAt: number;
}

interface Row {
  highestEpoch: number;
  lease: Lease | null;
  exceptions: Map<string, Lease>;
  handback: HandbackMark | null;
  seenGeneration: number;
  confirmedGeneration: number;
  wantedBy: { holder: string; at: number } | null;
}

/** One voter: grants leases by its own monotonic clock (protocol rules 1 to 3). */
export class VoterState implements Voter {
  readonly name: string;
  readonly #timings: LeaseTimings;
  readonly #clock: Clock;
  readonly #persist: PersistRows;
  readonly #rows = new Map<string, Row>();
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
    for (const [duty, row] of Object.entries(stored ?? {})) this.#rows.set(duty, this.#restored(row));
    this.#recovering = stored === null && others.length > 0;
    if (this.#recovering) this.#recover(others, duties, voterSets);
  }

  request(request: VoterRequest, done: Done<VoterReply | null>): void {
    const row = this.#row(request.duty);
    if (request.kind === "read") {
      if (request.wanted) row.wantedBy = { holder: request.holder, at: this.#clock.monotonicMs() };
      return done(this.#reply(row, request, false));
    }
    if (!this.#decide(row, request)) return done(this.#reply(row, request, false));
    this.#persist(this.#stored(), (ok) => done(ok ? this.#reply(row, request, true) : null));
  }

  #decide(row: Row, request: Exclude<VoterRequest, { kind: "read" }>): boolean {
    switch (request.kind) {
      case "acquire":
        return this.#acquire(row, request);
      case "renew":
        return this.#renew(row, request);
      case "release":
        return this.#release(row, request);
    }
  }

  #acquire(row: Row, request: VoterRequest & { kind: "acquire" }): boolean {
    const now = this.#clock.monotonicMs();
    // What was confirmed anywhere stays so, also for a voter that was away then.
    row.confirmedGeneration = Math.max(row.confirmedGeneration, request.confirmedGeneration ?? 0);
    if (this.#recovering || now < this.#mayGrantFrom || !mayHold(row, request.generation)) return false;
    if (request.connector !== undefined) return this.#acquireException(row, request, request.connector, now);
    if (row.lease !== null && row.lease.expiresAt > now && row.lease.holder !== request.holder) return false;
    if (request.epoch <= row.highestEpoch) return false;
    row.lease = this.#granted(request.holder, request.epoch, now);
    row.highestEpoch = request.epoch;
    row.seenGeneration = Math.max(row.seenGeneration, request.generation);
    return true;
  }

  #acquireException(row: Row, request: VoterRequest & { kind: "acquire" }, connector: string, now: number): boolean {
    const current = row.exceptions.get(connector);
    if (current !== undefined && current.expiresAt > now && current.holder !== request.holder) return false;
    if (row.lease === null || request.rowEpoch !== row.lease.epoch || request.epoch <= row.highestEpoch) return false;
    row.exceptions.set(connector, this.#granted(request.holder, request.epoch, now));
    row.highestEpoch = request.epoch;
    return true;
  }

  #renew(row: Row, request: VoterRequest & { kind: "renew" }): boolean {
    const lease = this.#leaseOf(row, request);
    if (lease === null || lease.holder !== request.holder || lease.epoch !== request.epoch) return false;
    if (request.generation < row.seenGeneration || this.#mayHaveForgotten(lease)) return false;
    // A holder renews only while a majority of every set of its generation has granted.
    row.seenGeneration = Math.max(row.seenGeneration, request.generation);
    row.confirmedGeneration = Math.max(row.confirmedGeneration, request.generation);
    this.#put(row, request, this.#granted(lease.holder, lease.epoch, this.#clock.monotonicMs()));
    return true;
  }

  /** What the others told of is renewed only when all that may have been granted, and forgotten with the disk, is over. */
  #mayHaveForgotten({ expiresAt }: Lease): boolean {
    const isTold = expiresAt === Number.NEGATIVE_INFINITY;
    return isTold && (this.#recovering || this.#clock.monotonicMs() < this.#mayGrantFrom);
  }

  #release(row: Row, request: VoterRequest & { kind: "release" }): boolean {
    const lease = this.#leaseOf(row, request);
    if (lease === null || lease.holder !== request.holder || lease.epoch !== request.epoch) return false;
    this.#put(row, request, { ...lease, expiresAt: Number.NEGATIVE_INFINITY });
    if (request.handback !== undefined) row.handback = request.handback;
    return true;
  }

  #leaseOf(row: Row, request: VoterRequest): Lease | null {
    return request.connector === undefined ? row.lease : (row.exceptions.get(request.connector) ?? null);
  }

  #put(row: Row, request: VoterRequest, lease: Lease): void {
    if (request.connector === undefined) row.lease = lease;
    else row.exceptions.set(request.connector, lease);
  }

  #granted(holder: string, epoch: number, now: number): Lease {
    return { holder, epoch, expiresAt: now + this.#timings.ttlMs };
  }

  #reply(row: Row, request: VoterRequest, granted: boolean): VoterReply {
    const now = this.#clock.monotonicMs();
    const view = (lease: Lease | null): LeaseView => ({
      holder: lease?.holder ?? null,
      epoch: lease?.epoch ?? 0,
      expired: !this.#recovering && now >= this.#mayGrantFrom && (lease === null || lease.expiresAt <= now),
    });
    const exceptions: Record<string, LeaseView> = {};
    for (const [connector, lease] of row.exceptions) exceptions[connector] = view(lease);
    return {
      ...view(this.#leaseOf(row, request)),
      granted,
      highestEpoch: row.highestEpoch,
      exceptions,
      handback: row.handback,
      seenGeneration: row.seenGeneration,
      confirmedGeneration: row.confirmedGeneration,
      wanted:
        row.wantedBy !== null && now - row.wantedBy.at < this.#timings.ttlMs && row.wantedBy.holder !== request.holder,
    };
  }

  #row(duty: string): Row {
    let row = this.#rows.get(duty);
    if (row === undefined) {
      row = {
        highestEpoch: 0,
        lease: null,
        exceptions: new Map(),
        handback: null,
        seenGeneration: 0,
        confirmedGeneration: 0,
        wantedBy: null,
      };
      this.#rows.set(duty, row);
    }
    return row;
  }

  #restored(stored: StoredRow): Row {
    const again = (lease: StoredLease): Lease => ({ ...lease, expiresAt: this.#mayGrantFrom });
    return {
      highestEpoch: stored.highestEpoch,
      lease: stored.lease === null ? null : again(stored.lease),
      exceptions: new Map(Object.entries(stored.exceptions).map(([connector, lease]) => [connector, again(lease)])),
      handback: stored.handback,
      seenGeneration: stored.seenGeneration,
      confirmedGeneration: stored.confirmedGeneration,
      wantedBy: null,
    };
  }

  #stored(): VoterRows {
    const rows: Record<string, StoredRow> = {};
    for (const [duty, row] of this.#rows) {
      rows[duty] = {
        highestEpoch: row.highestEpoch,
        lease: row.lease === null ? null : { holder: row.lease.holder, epoch: row.lease.epoch },
        exceptions: Object.fromEntries(
          [...row.exceptions].map(([connector, { holder, epoch }]) => [connector, { holder, epoch }]),
        ),
        handback: row.handback,
        seenGeneration: row.seenGeneration,
        confirmedGeneration: row.confirmedGeneration,
      };
    }
    return rows;
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
            const row = this.#row(duty);
            this.#told(row, reply);
            row.seenGeneration = Math.max(row.seenGeneration, reply.seenGeneration);
            row.confirmedGeneration = Math.max(row.confirmedGeneration, reply.confirmedGeneration);
            if (replies.size === duties.length) known.add(other.name);
            if (agreed({ generation, sets: without }, known)) this.#recovered();
          });
        }
      }
      if (this.#recovering) this.#clock.after(this.#timings.ttlMs / 4, ask);
    };
    ask();
  }

  /** The holder goes on renewing here what it may have been granted here: only then do all voters speak for it again. */
  #told(row: Row, reply: VoterReply): void {
    row.highestEpoch = Math.max(row.highestEpoch, reply.highestEpoch);
    row.lease = laterOf(row.lease, reply);
    for (const [connector, view] of Object.entries(reply.exceptions)) {
      const later = laterOf(row.exceptions.get(connector) ?? null, view);
      if (later !== null) row.exceptions.set(connector, later);
    }
  }

  #recovered(): void {
    this.#persist(this.#stored(), (ok) => {
      if (ok) this.#recovering = false;
    });
  }
}

/** A lease that another voter tells of is none of ours: it keeps nobody away. */
const laterOf = (known: Lease | null, { holder, epoch }: LeaseView): Lease | null =>
  holder === null || epoch <= (known?.epoch ?? 0) ? known : { holder, epoch, expiresAt: Number.NEGATIVE_INFINITY };

/**
 * Whether a process that counts majorities in sets of this generation may be granted. Neighbouring generations share a
 * set, so their majorities meet; an older one is shut out once a newer one was granted, and a generation is not
 * skipped: the one before must have had a holder with its full majority. A row never granted has nothing to protect.
 */
const mayHold = (row: Row, generation: number): boolean =>
  row.highestEpoch === 0 || (generation >= row.seenGeneration && generation <= row.confirmedGeneration + 1);
