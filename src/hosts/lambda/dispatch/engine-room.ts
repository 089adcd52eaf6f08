import { type ClaimTaken, EngineClaim } from "../lease/engine-claim.ts";
import { KeptLeases } from "../lease/kept-leases.ts";
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
      const rung = await this.#rung();
      // A call that Lambda makes again has the identity of the first.
      const id = crypto.randomUUID();
      const claim = this.#claim(id);
      let taken = await this.#take(claim);
      if (taken.kind === "busy") {
        await new Promise<void>((done) => this.#doorbell.ring(done));
        // It may have let go before it could hear.
        taken = await this.#take(claim);
      }
      if (taken.kind !== "taken") return this.#notTaken(taken);
      const { numbered, unfinished, lost } = await this.#engine(claim, id, invocation);
      const isLate = invocation.getRemainingTimeInMillis() < tooLateMs;
      // Another engine may have taken its place by now; else this call has one again.
      if (lost && !isLate) continue;
      if (!numbered || unfinished || isLate || (await this.#rung()) === rung) return numbered;
    }
  }

  #claim(id: string): EngineClaim {
    const { regionalTable: table, config, clock } = this.#hall;
    return new EngineClaim({ table, connector: config.name, id, timings: config.lease, clock });
  }

  #take(claim: EngineClaim): Promise<ClaimTaken> {
    return new Promise((done) => claim.take(done));
  }

  #rung(): Promise<string | null> {
    return new Promise((done) => this.#doorbell.last(done));
  }

  #notTaken(taken: ClaimTaken): boolean {
    if (taken.kind === "failed") this.#hall.log.warn("the claim could not be taken", { detail: taken.detail });
    return taken.kind === "busy";
  }

  async #engine(claim: EngineClaim, id: string, invocation: Invocation): Promise<EngineEnd & { readonly lost: boolean }> {
    const { secrets, regionalTable: table, config, clock, log } = this.#hall;
    const leases = new KeptLeases({ table, claim, timings: config.lease, clock });
    const readable = await secrets.refresh();
    if (!readable) log.error("a secret was never read: nothing can be signed", { connector: config.name });
    secrets.watch();
    const store = new EngineStore(placeOf(this.#hall));
    const isOpen = await new Promise<boolean>((done) => store.open(done));
    const remainingMs = invocation.getRemainingTimeInMillis();
    const mayAct = (): boolean => claim.holds();
    const end = isOpen
      ? await running({ hall: this.#hall, ends: this.#ends, store, leases: leases.of, mayAct, id, remainingMs })
      : notOpened;
    secrets.unwatch();
    leases.stop();
    await new Promise<void>((done) => store.rest(done));
    const wakeAt = end.unfinished ? clock.wallMs() : end.wakeAt;
    const released = await new Promise<boolean>((done) => claim.release(wakeAt, done));
    return { ...end, lost: isOpen && !released };
  }
}
