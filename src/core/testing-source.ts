import type { CommonSpec, HttpPollSpec, PollSpec, ReceiveSpec, SpecOf } from "../define/spec.ts";
import type { AcceptInput, Answer, Done, ReadAnswer, Reading, Source } from "./ports.ts";
import { receiveSpec } from "./testing.ts";

const pollOptions: HttpPollSpec = {
  path: "/orders",
  everyMs: 10_000,
  items: null,
  cursor: { kind: "custom" },
  acrossSites: "rewind",
};

/** A connector that reads every ten seconds. */
export const pollSpec = (
  over: Partial<CommonSpec> = {},
  options: Partial<HttpPollSpec> = {},
): SpecOf<"http", PollSpec> => {
  const { reconcile: _, ...common } = receiveSpec(over);
  return { ...common, role: "poll", options: { ...pollOptions, ...options }, lookbackMs: 60_000 };
};

/** A connector that is called, and reads what never came. */
export const reconcilingSpec = (
  when: NonNullable<ReceiveSpec["reconcile"]>["when"],
  over: Partial<CommonSpec> = {},
): ReceiveSpec => ({ ...receiveSpec(over), reconcile: { options: pollOptions, when } });

export const inputOf = (identity: string, over: Partial<AcceptInput> = {}): AcceptInput => ({
  identity,
  key: null,
  sequence: null,
  payload: `{"id":"${identity}"}`,
  ...over,
});

/** A source that keeps every reading open until the test answers it. Cursors such as `t12000` name a time. */
export class TestSource implements Source {
  /** Every reading asked for, in order. */
  readonly readings: Reading[] = [];
  readonly probed: string[] = [];
  open: Done<ReadAnswer> | null = null;

  read(reading: Reading, done: Done<ReadAnswer>): { abort(): void } {
    this.readings.push(reading);
    this.open = done;
    return { abort: () => this.fail("unknown", { against: "us" }) };
  }

  /** Ends the open reading with a page. */
  page(cursor: string | null, inputs: readonly (string | AcceptInput)[] = [], more = false): void {
    const whole = inputs.map((input) => (typeof input === "string" ? inputOf(input) : input));
    const answer = { verdict: "delivered", against: "nobody", sent: true, waitMs: null, reason: "" } as const;
    this.#end({ ...answer, page: { inputs: whole, cursor, more } });
  }

  /** Ends the open reading without one. */
  fail(verdict: Answer["verdict"], over: Partial<Answer> = {}): void {
    this.#end({ verdict, against: "site", sent: true, waitMs: null, reason: verdict, ...over, page: null });
  }

  /** The cursors that were presented, in order. */
  get cursors(): (string | null)[] {
    return this.readings.map(({ cursor }) => cursor);
  }

  probe(_connector: string, site: string, done: Done<boolean>): void {
    this.probed.push(site);
    done(true);
  }

  rewound(cursor: string, byMs: number): string | null {
    return cursor.startsWith("t") ? `t${Number(cursor.slice(1)) - byMs}` : null;
  }

  #end(answer: ReadAnswer): void {
    const done = this.open;
    this.open = null;
    done?.(answer);
  }
}
