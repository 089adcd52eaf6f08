/** Small stand-ins for the ports of the core, moved by hand: nothing here runs by itself. */
import { noFunctions } from "../define/policy.ts";
import type { CommonSpec, PartnerSpec, ReceiveSpec, SendSpec, SpecOf } from "../define/spec.ts";
import type {
  Answer,
  Clock,
  Delivery,
  Done,
  Taker,
  Timer,
  Translator,
  Voter,
  VoterReply,
  VoterRequest,
} from "./ports.ts";
import type { EntryRecord, SettlementRecord } from "./records.ts";

/** A clock that stands until it is moved. */
export class TestClock implements Clock {
  #monotonic = 1_000_000;
  #wall = 1_700_000_000_000;
  #timers: { readonly at: number; readonly run: () => void }[] = [];

  wallMs(): number {
    return this.#wall;
  }

  monotonicMs(): number {
    return this.#monotonic;
  }

  after(delayMs: number, run: () => void): Timer {
    const timer = { at: this.#monotonic + delayMs, run };
    this.#timers.push(timer);
    const cancel = (): void => {
      this.#timers = this.#timers.filter((each) => each !== timer);
    };
    return { cancel };
  }

  /** Lets time pass; timers run when they are due. */
  advance(ms: number): void {
    const end = this.#monotonic + ms;
    for (;;) {
      const due = this.#timers.filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((each) => each !== due);
      this.#pass(Math.max(0, due.at - this.#monotonic));
      due.run();
    }
    this.#pass(end - this.#monotonic);
  }

  /** The wall clock is set, or the machine was suspended while its monotonic clock stood. */
  stepWall(ms: number): void {
    this.#wall += ms;
  }

  #pass(ms: number): void {
    this.#monotonic += ms;
    this.#wall += ms;
  }
}

/** Lets things through at once, or once it is opened again. */
export class Gate {
  #held: (() => void)[] | null = null;

  pass(run: () => void): void {
    if (this.#held === null) run();
    else this.#held.push(run);
  }

  shut(): void {
    this.#held ??= [];
  }

  /** Lets the first through, and stays shut. */
  step(): void {
    this.#held?.shift()?.();
  }

  open(): void {
    const held = this.#held ?? [];
    this.#held = null;
    for (const run of held) run();
  }
}

/** A taker that keeps every request open until the test answers it. */
export class TestTaker implements Taker {
  /** Every delivery handed over, in order. */
  readonly given: Delivery[] = [];
  readonly open = new Map<string, Done<Answer>>();
  readonly asked: string[] = [];

  send(delivery: Delivery, done: Done<Answer>): { abort(): void } {
    this.given.push(delivery);
    this.open.set(delivery.identity, done);
    return { abort: () => this.answer(delivery.identity, "unknown") };
  }

  /** Ends the open request of an event. */
  answer(identity: string, verdict: Answer["verdict"] = "delivered"): void {
    const done = this.open.get(identity);
    this.open.delete(identity);
    const against = verdict === "delivered" ? "nobody" : verdict === "fault" ? "event" : "site";
    done?.({ verdict, against, sent: true, waitMs: null, reason: verdict });
  }

  /** Identities handed over, in order. */
  get identities(): string[] {
    return this.given.map(({ identity }) => identity);
  }

  probe(_connector: string, _site: string, done: Done<boolean>): void {
    done(true);
  }

  lookup({ identity }: Delivery, done: Done<"found" | "not-found" | "unknown">): void {
    this.asked.push(identity);
    done("not-found");
  }
}

/** The payload as it is, under the entry's own key. */
export const plainTranslator: Translator = {
  translate: (_connector, { payload, key }, _site, done) => done({ kind: "output", output: payload, key }),
  sameContent: (_connector, first, second, done) => done(first.toLowerCase() === second.toLowerCase()),
};

/** The way to a voter: it can be cut, and slow. */
export class VoterPath implements Voter {
  readonly name: string;
  readonly asked: VoterRequest[] = [];
  /** Answers come back through it. */
  readonly back = new Gate();
  cut = false;
  readonly #voter: Voter;

  constructor(voter: Voter) {
    this.name = voter.name;
    this.#voter = voter;
  }

  request(request: VoterRequest, done: Done<VoterReply | null>): void {
    this.asked.push(request);
    if (this.cut) return;
    this.#voter.request(request, (reply) => this.back.pass(() => done(reply)));
  }
}

export const testPartner: PartnerSpec = {
  name: "partner",
  location: "internet",
  sites: { main: { url: "https://main.example", maintenance: [] } },
  topology: {
    mode: "primary-secondary",
    primary: "main",
    secondary: null,
    failoverAfterMs: null,
    failback: { kind: "manual" },
    recoveryPointMs: 0,
  },
  fixedSource: false,
};

/** A connector that sends, by key, and waits with a key that has a fault. */
export const sendSpec = (over: Partial<CommonSpec> = {}): SpecOf<"http", SendSpec> => ({
  name: "orders",
  partner: testPartner,
  eventTypes: ["order"],
  durability: "regional",
  whenAlone: "refuse",
  ordering: "key",
  dedupeWindowMs: 86_400_000,
  hold: { capacityBytes: 1_000_000, alarmAfterMs: 900_000 },
  retention: { settledMs: 86_400_000, rawMs: 86_400_000 },
  personal: [],
  onInvalid: "fault",
  onConflict: "keep",
  onUnknown: { kind: "resend" },
  onFault: "block-key",
  expiresAfterMs: null,
  gapAfterMs: 30_000,
  retry: { firstMs: 100, capMs: 100, giveUpAfterMs: null },
  startFrom: "now",
  idempotency: { kind: "event-id" },
  requestTimeoutMs: 5_000,
  has: { ...noFunctions, message: true, translate: true, id: true, partitionkey: true },
  secrets: [],
  settings: [],
  ...over,
  driver: "http",
  role: "send",
  options: { path: "", format: "json", sign: null, compress: null, responses: {}, batch: null },
});

/** The same connector the other way round: keys are known only to the translation. */
export const receiveSpec = (over: Partial<CommonSpec> = {}): SpecOf<"http", ReceiveSpec> => ({
  ...sendSpec(over),
  driver: "http",
  role: "receive",
  reconcile: null,
  options: { verify: [], id: null, tenant: null, challenge: null, limitBytes: 1, answer: { status: 202, body: "" } },
});

export const entryOf = (identity: string, over: Partial<EntryRecord> = {}): EntryRecord => ({
  kind: "entry",
  identity,
  key: null,
  sequence: null,
  payload: `{"id":"${identity}"}`,
  acceptedAt: 1_700_000_000_000,
  after: {},
  ...over,
});

export const settlementOf = (identity: string, over: Partial<SettlementRecord> = {}): SettlementRecord => ({
  kind: "settlement",
  identity,
  round: 0,
  outcome: "delivered",
  site: "main",
  home: "main",
  siteSeq: 0,
  time: 1_700_000_000_000,
  reason: null,
  person: null,
  ...over,
});
