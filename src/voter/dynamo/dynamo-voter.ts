import type { Table } from "../../aws/dynamo/table.ts";
import { elapsedMs, momentOf } from "../../core/grants.ts";
import type { Clock, Done, Voter, VoterReply, VoterRequest } from "../../core/ports.ts";
import type { VoterSets } from "../../core/quorum.ts";
import type { LeaseTimings } from "../../core/timings.ts";
import { decided, emptyRow, type LeaseTime, replyOf } from "../../core/voter-row.ts";
import { Recovery } from "./recovery.ts";
import { Seen } from "./seen.ts";
import { type TableLease, type TableRow, type VoterItem, voterItemOf, voterKey } from "./voter-item.ts";

export interface DynamoVoterOptions {
  /** Of the voter: its region. */
  readonly name: string;
  /** That region's regional table. Its time-outs in all are below the request timeout. */
  readonly table: Table;
  readonly timings: LeaseTimings;
  readonly clock: Clock;
  /** Of this process: never used again. */
  readonly process: string;
  readonly others: readonly Voter[];
  /** Default: the other voters in one set. */
  readonly voterSets?: VoterSets;
}

type Deciding = Exclude<VoterRequest, { kind: "read" }>;

/** Writes that lost against another one are decided anew so often. */
const attempts = 4;

/**
 * A voter that is a table. A table has no clock: whoever asks sees for itself that a lease was not renewed for ttl + margin
 * of its own time, then writes on the condition that nothing has changed (protocol, "Stores").
 */
export class DynamoVoter implements Voter {
  readonly name: string;
  readonly #options: DynamoVoterOptions;
  readonly #seen: Seen;
  readonly #recovery: Recovery;
  #writes = 0;
  readonly #wantedAt = new Map<string, number>();

  constructor(options: DynamoVoterOptions) {
    this.name = options.name;
    this.#options = options;
    this.#seen = new Seen(options.clock);
    this.#recovery = new Recovery(options);
  }

  request(request: VoterRequest, done: Done<VoterReply | null>): void {
    const start = momentOf(this.#options.clock);
    /** What a frozen process asks for when it wakes was given up by then. */
    const isLate = (): boolean => elapsedMs(start, this.#options.clock) >= this.#options.timings.requestTimeoutMs;
    const answer: Done<VoterReply | null> = (reply) => done(isLate() ? null : reply);
    if (request.kind === "read" && request.wanted) return this.#want(request, answer);
    this.#read(request.duty, (item) => {
      if (item === null || isLate()) return answer(null);
      if (request.kind === "read") return answer(this.#reply(item, request, false));
      this.#decide(item, request, attempts, isLate, answer);
    });
  }

  #read(duty: string, done: Done<VoterItem | null>): void {
    this.#options.table.get([voterKey(duty)], true, (got) => {
      if (got.kind === "failed") return done(null);
      done(this.#saw(duty, voterItemOf(got.items[0] ?? null)));
    });
  }

  #saw(duty: string, item: VoterItem): VoterItem {
    const { row, wanted } = item;
    this.#seen.see(duty, row === null || row.recovered ? "lost" : "whole");
    if (row === null) this.#recovery.begin(duty);
    if (row?.lease) this.#seen.see(`${duty}/`, textOf(row.lease));
    for (const [connector, lease] of Object.entries(row?.exceptions ?? {})) {
      this.#seen.see(`${duty}/${connector}`, textOf(lease));
    }
    this.#seen.see(`${duty} wanted`, wanted ?? "");
    return item;
  }

  #decide(
    item: VoterItem,
    request: Deciding,
    left: number,
    isLate: () => boolean,
    done: Done<VoterReply | null>,
  ): void {
    const { row: before, version } = item;
    if (before === null) return done(this.#reply(item, request, false));
    const { granted, row } = decided(before, request, this.#time(item, request.duty));
    if (!granted) return done(this.#reply(item, request, false));
    const recovered = before.recovered && !this.#mayGrant(item, request.duty);
    this.#writes += 1;
    const writer = `${this.#options.process}#${this.#writes}`;
    const after: VoterItem = { ...item, version: version + 1, writer, row: { ...row, recovered } };
    const set = { version: version + 1, writer, row: JSON.stringify(after.row) };
    const { table } = this.#options;
    table.update(
      voterKey(request.duty),
      { set },
      { kind: "equals", attribute: "version", value: version },
      (written) => {
        if (written.kind === "failed") return done(null);
        if (written.kind === "written") return done(this.#reply(this.#saw(request.duty, after), request, true));
        const there = this.#saw(request.duty, voterItemOf(written.item));
        // It was written by this very call, and the answer was lost on the way.
        if (there.writer === writer) return done(this.#reply(there, request, true));
        if (left <= 1 || isLate()) return done(null);
        this.#decide(there, request, left - 1, isLate, done);
      },
    );
  }

  #time(item: VoterItem, duty: string): LeaseTime<TableLease> {
    const mayGrant = this.#mayGrant(item, duty);
    const { row, version } = item;
    return {
      mayGrant,
      runs: (lease) => !this.#isOver(lease, duty, nameIn(row, lease)),
      mayRenew: ({ told }) => mayGrant || !told,
      granted: ({ holder, epoch }) => ({ holder, epoch, at: version + 1, released: false, told: false }),
      released: (lease) => ({ ...lease, released: true }),
    };
  }

  /** What may have been granted before all was lost is over. */
  #mayGrant({ row }: VoterItem, duty: string): boolean {
    return row !== null && (!row.recovered || this.#seen.unchangedMs(duty) >= this.#lastsMs);
  }

  #isOver(lease: TableLease, duty: string, connector: string): boolean {
    return lease.released || lease.told || this.#seen.unchangedMs(`${duty}/${connector}`) >= this.#lastsMs;
  }

  get #lastsMs(): number {
    const { ttlMs, marginMs } = this.#options.timings;
    return ttlMs + marginMs;
  }

  #reply(item: VoterItem, request: VoterRequest, granted: boolean): VoterReply {
    const { duty } = request;
    const mayGrant = this.#mayGrant(item, duty);
    return replyOf(
      item.row ?? emptyRow,
      request,
      { granted, wanted: this.#isWanted(item, request) },
      (lease, of) => mayGrant && (lease === null || this.#isOver(lease, duty, of ?? "")),
    );
  }

  #isWanted({ wanted, wantedBy }: VoterItem, { duty, holder }: VoterRequest): boolean {
    if (wanted === null || wantedBy === holder) return false;
    return this.#seen.unchangedMs(`${duty} wanted`) < this.#options.timings.ttlMs;
  }

  /** Says that the duty is wanted, a few times in a ttl, and reads. */
  #want(request: VoterRequest & { kind: "read" }, done: Done<VoterReply | null>): void {
    const { duty, holder } = request;
    const { table, clock, timings, process } = this.#options;
    const read = (): void => this.#read(duty, (item) => done(item === null ? null : this.#reply(item, request, false)));
    const now = clock.monotonicMs();
    if (now - (this.#wantedAt.get(duty) ?? Number.NEGATIVE_INFINITY) < timings.ttlMs / 8) return read();
    this.#wantedAt.set(duty, now);
    this.#writes += 1;
    const set = { wantedBy: holder, wanted: `${process}#${this.#writes}` };
    table.update(voterKey(duty), { set }, { kind: "present" }, read);
  }
}

const textOf = ({ holder, epoch, at, released }: TableLease): string => `${holder} ${epoch} ${at} ${released}`;

const nameIn = (row: TableRow | null, lease: TableLease): string =>
  Object.entries(row?.exceptions ?? {}).find(([, each]) => each === lease)?.[0] ?? "";
