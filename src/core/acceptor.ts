import type { ConnectorSpec } from "../define/spec.ts";
import type {
  AcceptInput,
  AcceptResult,
  Clock,
  Done,
  Journal,
  OpenEntry,
  StoreFailure,
  Timer,
  Translator,
} from "./ports.ts";
import { type EntryRecord, type JournalName, type JournalRecord, journalName, type Vector } from "./records.ts";
import { journalsOf, positionOf, without } from "./vector.ts";

export type { AcceptInput } from "./ports.ts";

export type AcceptAnswer =
  | { readonly kind: "accepted" }
  /** The identity was accepted before. `conflict`: with other content; the first stays. */
  | { readonly kind: "repeated"; readonly conflict: boolean }
  /** Nothing is promised; the giver keeps it and tries again after `retryAfterMs`. */
  | {
      readonly kind: "refused";
      readonly reason: "starting" | "capacity" | "alone" | "full" | "failed";
      readonly retryAfterMs: number;
    };

type Refusal = AcceptAnswer & { readonly kind: "refused" };

/** What decides, before anything is written, whether a region takes an entry. */
export interface AcceptFacts {
  /** The journal is open for writing and, for ordered connectors, the region has caught up. */
  readonly mayAccept: boolean;
  /** The environment has another region. */
  readonly hasPeers: boolean;
  readonly anyPeerReachable: boolean;
  /** Held for the connector. */
  readonly pendingBytes: number;
}

/** Why an entry is not taken now; null: it is (protocol rules 9 and 10). */
export const refusalOf = (
  { durability, whenAlone, hold }: Pick<ConnectorSpec, "durability" | "whenAlone" | "hold">,
  facts: AcceptFacts,
): Refusal | null => {
  if (!facts.mayAccept) return refused("starting", 1_000);
  const needsPeer = durability === "replicated" && facts.hasPeers;
  if (needsPeer && !facts.anyPeerReachable && whenAlone === "refuse") return refused("alone", 2_000);
  return facts.pendingBytes >= hold.capacityBytes ? refused("capacity", 10_000) : null;
};

export interface AcceptorPorts {
  readonly region: string;
  readonly clock: Clock;
  readonly journal: Journal;
  readonly translator: Translator;
  readonly acknowledgeTimeoutMs: number;
  /** Whether the region takes entries of unordered, and of ordered connectors. */
  mayAccept(ordered: boolean): boolean;
  anyPeerReachable(): boolean;
  hasPeers(): boolean;
  heldElsewhere(connector: string, journal: JournalName): number;
  /** An entry became durable here. */
  accepted(spec: ConnectorSpec, entry: OpenEntry): void;
  /** Of a batch that was accepted, what was known already. */
  repeated(spec: ConnectorSpec, inputs: readonly AcceptInput[]): void;
  /** Own records other than entries became durable here. */
  wrote(connector: string, journal: JournalName, records: readonly JournalRecord[]): void;
}

interface Acknowledgement {
  readonly connector: string;
  readonly journal: JournalName;
  readonly position: number;
  readonly done: (replicated: boolean) => void;
  readonly timer: Timer;
}

const refused = (reason: "starting" | "capacity" | "alone" | "full" | "failed", retryAfterMs: number): Refusal => ({
  kind: "refused",
  reason,
  retryAfterMs,
});

/** Makes entries durable and answers only then (protocol rules 9 and 10). */
export class Acceptor {
  readonly #ports: AcceptorPorts;
  readonly #acknowledgements = new Set<Acknowledgement>();

  constructor(ports: AcceptorPorts) {
    this.#ports = ports;
  }

  accept(spec: ConnectorSpec, input: AcceptInput, done: Done<AcceptAnswer>): void {
    const refusal = this.#refusal(spec);
    if (refusal !== null && refusal.reason !== "capacity") return done(refusal);
    if (refusal !== null) return this.#acceptKnown(spec, input, refusal, done);
    const entry = this.#entry(spec, input);
    this.#ports.journal.accept(spec.name, entry, (result) => this.#stored(spec, entry, result, done));
  }

  /**
   * Accepts what a source had between two cursors, and the cursor with it, as one unit. Answers `accepted` also where
   * some or all of it was known.
   *
   * @param cursor null: it stands where it stood
   */
  acceptBatch(
    spec: ConnectorSpec,
    inputs: readonly AcceptInput[],
    cursor: { readonly source: string; readonly value: string; readonly epoch: number } | null,
    done: Done<AcceptAnswer>,
  ): void {
    const refusal = this.#refusal(spec);
    if (refusal !== null) return done(refusal);
    const entries = inputs.map((input) => this.#entry(spec, input));
    const marks = cursor === null ? [] : [{ kind: "cursor", ...cursor } as const];
    this.#ports.journal.write(spec.name, [...entries, ...marks], (result) => {
      if (result.kind === "refused") return done(this.#failure(result));
      entries.forEach((entry, at) => {
        const position = result.positions[at];
        if (typeof position !== "number") return;
        this.#ports.accepted(spec, { ...entry, journal: result.journal, position, round: 0 });
      });
      this.#ports.repeated(
        spec,
        inputs.filter((_, at) => result.positions[at] === null),
      );
      if (marks.length > 0) this.#ports.wrote(spec.name, result.journal, marks);
      // What was known may have been accepted by an earlier attempt, of which nobody was told.
      this.whenDurable(spec, done);
    });
  }

  /** Answers `accepted` once all that was accepted here so far is as durable as the connector promises. */
  whenDurable(spec: ConnectorSpec, done: Done<AcceptAnswer>): void {
    const { journal, region } = this.#ports;
    const vector = journal.vector(spec.name);
    const names = journalsOf(region, vector);
    let worst: AcceptAnswer = { kind: "accepted" };
    let open = names.length;
    if (open === 0) return done(worst);
    const answered = (answer: AcceptAnswer): void => {
      if (answer.kind === "refused") worst = answer;
      open -= 1;
      if (open === 0) done(worst);
    };
    for (const name of names) this.#whenDurable(spec, name, positionOf(vector, name), answered, worst);
  }

  /** What peers hold is newly known. */
  acknowledged(): void {
    for (const waiting of [...this.#acknowledgements]) {
      if (this.#ports.heldElsewhere(waiting.connector, waiting.journal) < waiting.position) continue;
      this.#finish(waiting, true);
    }
  }

  /** With `replicated` and nobody to replicate to, entries of a connector that says so count as replicated at once. */
  accountsAlone(spec: ConnectorSpec): boolean {
    return spec.whenAlone === "accept" && !this.#ports.anyPeerReachable();
  }

  #refusal(spec: ConnectorSpec): Refusal | null {
    const { journal } = this.#ports;
    return refusalOf(spec, {
      mayAccept: this.#ports.mayAccept(spec.ordering !== "none"),
      hasPeers: this.#ports.hasPeers(),
      anyPeerReachable: this.#ports.anyPeerReachable(),
      pendingBytes: journal.ledger(spec.name).pendingBytes,
    });
  }

  /** At capacity a repeat is still answered as its first was. */
  #acceptKnown(spec: ConnectorSpec, input: AcceptInput, refusal: AcceptAnswer, done: Done<AcceptAnswer>): void {
    this.#ports.journal.report(spec.name, input.identity, (report) => {
      const first = report?.entries[0];
      if (report === null || first === undefined) return done(refusal);
      this.#known(spec, input, { kind: "known", ...first, payload: report.payload }, done);
    });
  }

  #entry(spec: ConnectorSpec, input: AcceptInput): EntryRecord {
    const { clock, journal, region } = this.#ports;
    const own = journalName(region, journal.incarnation);
    const after: Vector = spec.ordering === "none" ? {} : without(journal.vector(spec.name), own);
    return { kind: "entry", ...input, acceptedAt: clock.wallMs(), after };
  }

  #stored(spec: ConnectorSpec, entry: EntryRecord, result: AcceptResult, done: Done<AcceptAnswer>): void {
    switch (result.kind) {
      case "refused":
        return done(this.#failure(result));
      case "known":
        return this.#known(spec, entry, result, done);
      case "accepted": {
        const { journal, position } = result;
        this.#ports.accepted(spec, { ...entry, journal, position, round: 0 });
        return this.#whenDurable(spec, journal, position, done, { kind: "accepted" });
      }
    }
  }

  #known(
    spec: ConnectorSpec,
    input: AcceptInput,
    first: AcceptResult & { kind: "known" },
    done: Done<AcceptAnswer>,
  ): void {
    const answer = (conflict: boolean): void =>
      this.#whenDurable(spec, first.journal, first.position, done, { kind: "repeated", conflict });
    if (first.payload === input.payload) return answer(false);
    this.#ports.translator.sameContent(spec.name, first.payload, input.payload, (same) => {
      if (same) return answer(false);
      const { identity, payload } = input;
      const record: JournalRecord = { kind: "conflict", identity, payload, time: this.#ports.clock.wallMs() };
      this.#ports.journal.write(spec.name, [record], (result) => {
        if (result.kind === "refused") return done(this.#failure(result));
        this.#ports.wrote(spec.name, result.journal, [record]);
        answer(true);
      });
    });
  }

  /** Answers once the entry is as durable as the connector promises. */
  #whenDurable(
    spec: ConnectorSpec,
    journal: JournalName,
    position: number,
    done: Done<AcceptAnswer>,
    answer: AcceptAnswer,
  ): void {
    if (!this.#needsPeer(spec) || !this.#isOwn(journal)) return done(answer);
    if (this.#ports.heldElsewhere(spec.name, journal) >= position || this.accountsAlone(spec)) return done(answer);
    const waiting: Acknowledgement = {
      connector: spec.name,
      journal,
      position,
      done: (replicated) => done(replicated || this.accountsAlone(spec) ? answer : refused("alone", 2_000)),
      timer: this.#ports.clock.after(this.#ports.acknowledgeTimeoutMs, () => this.#finish(waiting, false)),
    };
    this.#acknowledgements.add(waiting);
  }

  #finish(waiting: Acknowledgement, replicated: boolean): void {
    waiting.timer.cancel();
    this.#acknowledgements.delete(waiting);
    waiting.done(replicated);
  }

  #needsPeer(spec: ConnectorSpec): boolean {
    return spec.durability === "replicated" && this.#ports.hasPeers();
  }

  #isOwn(journal: JournalName): boolean {
    return journal.startsWith(`${this.#ports.region}.`);
  }

  #failure(failure: StoreFailure): AcceptAnswer {
    return refused(failure.reason, 5_000);
  }
}
