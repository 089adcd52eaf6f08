import type { Done } from "../../../core/ports.ts";
import { type ClaimTaken, EngineClaim } from "../lease/engine-claim.ts";
import { KeptLeases } from "../lease/kept-leases.ts";
import { bounded } from "../runtime/bounded.ts";
import type { Hall } from "../runtime/hall.ts";
import { placeOf } from "../runtime/store-place.ts";
import type { Invocation } from "../runtime/surroundings.ts";
import { Doorbell } from "./doorbell.ts";
import type { Ends } from "./ends.ts";
import type { EngineEnd } from "./engine.ts";
import { proving } from "./proving.ts";
import { running } from "./running.ts";
import { EngineStore } from "./store.ts";

/** Less is left of a call than an engine needs to be of use. Milliseconds. */
const tooLateMs = 20_000;

/** Left of a call when nothing is waited for any more. Milliseconds. */
const leaveMs = 500;

/** Nothing is known of the journals: somebody tries again soon. */
const notOpened: EngineEnd = { numbered: false, unfinished: true, wakeAt: null };

/** Where the engines of one connector run, one after the other. */
export class EngineRoom {
  readonly #hall: Hall;
  readonly #ends: Ends;
  readonly #doorbell: Doorbell;

  constructor(hall: Hall, ends: Ends) {
    this.#hall = hall;
    this.#ends = proving(ends, hall.secrets);
    const { regionalTable: table, config, clock } = hall;
    this.#doorbell = new Doorbell({ table, connector: config.name, clock });
  }

  /**
   * Runs an engine. One that runs already is to know that there is something to look at: something was accepted, or a duty
   * came just after it had looked for the last time.
   *
   * @returns whether all that was accepted before is numbered, or will be by the engine that runs
   */
  async run(invocation: Invocation): Promise<boolean> {
    for (;;) {
      const rung = await this.#rung(invocation);
      // A call that Lambda makes again has the identity of the first.
      const id = crypto.randomUUID();
      const claim = this.#claim(id);
      let taken = await this.#take(claim, invocation);
      if (taken.kind === "busy") {
        await this.#within<void>(invocation, (done) => this.#doorbell.ring(done), undefined);
        // It may have let go before it could hear.
        taken = await this.#take(claim, invocation);
      }
      if (taken.kind !== "taken") return this.#notTaken(taken);
      const { numbered, unfinished, lost } = await this.#engine(claim, id, invocation);
      const isLate = invocation.getRemainingTimeInMillis() < tooLateMs;
      // Another engine may have taken its place by now; else this call has one again.
      if (lost && !isLate) continue;
      if (!numbered || unfinished || isLate || (await this.#rung(invocation)) === rung) return numbered;
    }
  }

  #claim(id: string): EngineClaim {
    const { regionalTable: table, config, clock } = this.#hall;
    return new EngineClaim({ table, connector: config.name, id, timings: config.lease, clock });
  }

  /** A claim that comes too late is let go of: nobody waits for it any more. */
  async #take(claim: EngineClaim, invocation: Invocation): Promise<ClaimTaken> {
    let isOver = false;
    const ask = (done: Done<ClaimTaken>): void =>
      claim.take((taken) => {
        if (isOver && taken.kind === "taken") claim.release(null, () => undefined);
        done(taken);
      });
    const taken = await this.#within<ClaimTaken>(invocation, ask, { kind: "failed", detail: "no answer in time" });
    isOver = true;
    return taken;
  }

  #rung(invocation: Invocation): Promise<string | null> {
    return this.#within<string | null>(invocation, (done) => this.#doorbell.last(done), null);
  }

  /** What a table is asked for, within half of what is left of the call. */
  #within<T>(invocation: Invocation, ask: (done: Done<T>) => void, otherwise: T): Promise<T> {
    return bounded(this.#hall.clock, (invocation.getRemainingTimeInMillis() - leaveMs) / 2, ask, otherwise);
  }

  #notTaken(taken: ClaimTaken): boolean {
    if (taken.kind === "failed") this.#hall.log.warn("the claim could not be taken", { detail: taken.detail });
    return taken.kind === "busy";
  }

  async #engine(
    claim: EngineClaim,
    id: string,
    invocation: Invocation,
  ): Promise<EngineEnd & { readonly lost: boolean }> {
    const { secrets, regionalTable: table, config, clock, log } = this.#hall;
    const leases = new KeptLeases({ table, claim, timings: config.lease, clock });
    const readable = await secrets.refresh();
    if (!readable) log.error("a secret was never read: nothing can be signed", { connector: config.name });
    secrets.watch();
    const store = new EngineStore(placeOf(this.#hall, "engine"));
    const isOpen = await this.#within<boolean>(invocation, (done) => store.open(done), false);
    const remainingMs = invocation.getRemainingTimeInMillis();
    const mayAct = (): boolean => claim.holds();
    const end = isOpen
      ? await running({ hall: this.#hall, ends: this.#ends, store, leases: leases.of, mayAct, id, remainingMs })
      : notOpened;
    secrets.unwatch();
    leases.stop();
    await this.#within<void>(invocation, (done) => store.rest(done), undefined);
    const wakeAt = end.unfinished ? clock.wallMs() : end.wakeAt;
    const released = await this.#within<boolean>(invocation, (done) => claim.release(wakeAt, done), false);
    return { ...end, lost: isOpen && !released };
  }
}
