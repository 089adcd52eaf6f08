// The fault switches of a site, set over the control port.
import * as z from "zod";

export const faultSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("none") }),
  /** Connections are refused. */
  z.object({ kind: z.literal("down") }),
  /** Reads the request, does nothing, never answers. */
  z.object({ kind: z.literal("hang") }),
  /** Takes the invoice, never answers. */
  z.object({ kind: z.literal("silent") }),
  /** Works, but `ms` milliseconds later. */
  z.object({ kind: z.literal("slow"), ms: z.int().positive() }),
  /** 429 with Retry-After in seconds. */
  z.object({ kind: z.literal("limit"), retryAfter: z.int().nonnegative() }),
  z.object({ kind: z.literal("error"), status: z.int().min(400).max(599).default(500) }),
  /** 200 whose body says that it failed. */
  z.object({ kind: z.literal("error-in-200") }),
  /** Answers 200 and does nothing. */
  z.object({ kind: z.literal("forget") }),
]);

export type Fault = z.output<typeof faultSchema>;
export const noFault: Fault = { kind: "none" };

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface Effects {
  /** False: the invoice is not looked at, whatever the answer says. */
  readonly takes: boolean;
  /** The answer that the fault dictates; null = the true one; "never" = none at all. */
  readonly answer: Answer | null | "never";
  readonly delayMs: number;
}

const works: Effects = { takes: true, answer: null, delayMs: 0 };
const refuses = (answer: Effects["answer"]): Effects => ({ takes: false, answer, delayMs: 0 });

/** What a verified request meets under a fault. */
export function effectsOf(fault: Fault): Effects {
  switch (fault.kind) {
    case "none":
      return works;
    case "down":
    case "hang":
      return refuses("never");
    case "silent":
      return { ...works, answer: "never" };
    case "slow":
      return { ...works, delayMs: fault.ms };
    case "limit":
      return refuses({
        status: 429,
        headers: { "retry-after": String(fault.retryAfter) },
        body: { error: "too many requests" },
      });
    case "error":
      return refuses({ status: fault.status, body: { error: "the invoice service failed" } });
    case "error-in-200":
      return refuses({ status: 200, body: { error: { code: "TEMPORARILY_UNAVAILABLE" } } });
    case "forget":
      return refuses({ status: 200, body: { accepted: true } });
  }
}
