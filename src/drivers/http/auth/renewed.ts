/** What proves us for a time: a token, credentials of a role. Fetched once for all who wait, and again before it ends. */
import type { Clock, Done } from "../../../core/ports.ts";

export type Fetched<T> =
  | { readonly kind: "held"; readonly value: T /** Wall clock, ms. */; readonly expiresAtMs: number }
  | { readonly kind: "none"; readonly reason: string };

/** Beside the half of its lifetime: how long before its end it is fetched anew. Milliseconds. */
const renewBeforeMs = 60_000;
/** After a failure it is not asked for again for this long, whoever wants it. Milliseconds. */
const pauseAfterFailureMs = 1_000;

export class Renewed<T> {
  readonly #fetch: () => Promise<Fetched<T>>;
  readonly #clock: Clock;
  #held: { readonly value: T; readonly expiresAtMs: number; readonly renewAtMs: number } | null = null;
  #waiting: Done<Fetched<T>>[] | null = null;
  #failure: { readonly reason: string; readonly atMs: number } | null = null;

  /** @param fetch never rejects */
  constructor(fetch: () => Promise<Fetched<T>>, clock: Clock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /** In the same tick where it is here. */
  get(done: Done<Fetched<T>>): void {
    const held = this.#held;
    const now = this.#clock.wallMs();
    if (held !== null && now < held.expiresAtMs) {
      if (now >= held.renewAtMs && !this.#pauses(now)) this.#renew();
      return done({ kind: "held", value: held.value, expiresAtMs: held.expiresAtMs });
    }
    if (this.#failure !== null && this.#pauses(now)) return done({ kind: "none", reason: this.#failure.reason });
    this.#renew();
    this.#waiting?.push(done);
  }

  /** It proved nothing: the next that asks gets another, if it is the one that all use. */
  refuse(value: T): void {
    if (this.#held?.value === value) this.#held = null;
  }

  #pauses(nowMs: number): boolean {
    return this.#failure !== null && Math.abs(nowMs - this.#failure.atMs) < pauseAfterFailureMs;
  }

  #renew(): void {
    if (this.#waiting !== null) return;
    this.#waiting = [];
    const beganAtMs = this.#clock.wallMs();
    void this.#fetch().then((fetched) => this.#fetched(fetched, beganAtMs));
  }

  #fetched(fetched: Fetched<T>, beganAtMs: number): void {
    if (fetched.kind === "held") {
      const { value, expiresAtMs } = fetched;
      const aheadMs = Math.min(renewBeforeMs, (expiresAtMs - beganAtMs) / 2);
      this.#held = { value, expiresAtMs, renewAtMs: expiresAtMs - aheadMs };
      this.#failure = null;
    } else this.#failure = { reason: fetched.reason, atMs: this.#clock.wallMs() };
    const waiting = this.#waiting ?? [];
    this.#waiting = null;
    for (const done of waiting) done(fetched);
  }
}
