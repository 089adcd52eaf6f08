/** Role send: we call the partner's sites. */
import type { Answer, Delivery, Done, Sending } from "../../../core/ports.ts";
import type { Verdict } from "../../../define/model.ts";
import { reasonOf } from "../../../define/reason.ts";
import type { EgressFunctions, SendSpec, SpecOf } from "../../../define/spec.ts";
import { judgeResponse } from "../../../define/taxonomy.ts";
import type { DriverContext, Sender } from "../../port.ts";
import { Unsupported } from "../../unsupported.ts";
import { type Called, callSite } from "../site/call.ts";
import type { Composition, NotComposed } from "../site/composition.ts";
import { longestAnswer } from "../site/exchange.ts";
import { probeSite } from "../site/probe.ts";
import { closeSites, type Site, sitesOf } from "../site/site.ts";
import { type Compose, composer, eventOf } from "./compose.ts";

const nothingOpen: Sending = { abort: () => undefined };

export class HttpSender implements Sender {
  readonly #context: DriverContext;
  readonly #functions: EgressFunctions;
  readonly #responses: Readonly<Record<string, Verdict>>;
  readonly #sites: ReadonlyMap<string, Site>;
  readonly #compose: Compose;

  constructor(spec: SpecOf<"http", SendSpec>, functions: EgressFunctions, context: DriverContext) {
    refuseUnbuilt(spec);
    this.#context = context;
    this.#functions = functions;
    this.#responses = spec.options.responses;
    this.#compose = composer(spec, context.secrets);
    this.#sites = sitesOf(spec, context);
  }

  send(delivery: Delivery, done: Done<Answer>): Sending {
    return this.#exchange(delivery, this.#functions.judge !== null, (outcome) => done(this.#answer(outcome)));
  }

  lookup(delivery: Delivery, done: Done<"found" | "not-found" | "unknown">): void {
    const { lookup } = this.#functions;
    const event = eventOf(delivery.payload);
    const output = lookup === null ? null : attempt(() => ({ method: "GET", ...lookup.request(event) }));
    this.#exchange({ ...delivery, output }, true, (outcome) => {
      const found = outcome.kind === "answer" ? attempt(() => lookup?.found(outcome.response, event)) : null;
      done(found === true ? "found" : found === false ? "not-found" : "unknown");
    });
  }

  probe(_connector: string, name: string, done: Done<boolean>): void {
    const site = this.#sites.get(name);
    if (site === undefined) done(false);
    else probeSite(site, this.#context.clock, done);
  }

  close(done: () => void): void {
    closeSites(this.#sites, done);
  }

  #exchange(delivery: Delivery, readsBody: boolean, done: Done<Called>): Sending {
    const site = this.#sites.get(delivery.site ?? "");
    const composed = site === undefined ? unknownSite(delivery) : this.#composeSafely(delivery, site);
    if (site === undefined || composed.kind !== "request") {
      done(composed.kind === "request" ? unknownSite(delivery) : composed);
      return nothingOpen;
    }
    const { timeoutMs, mayWrite } = delivery;
    const options = { clock: this.#context.clock, timeoutMs, mayWrite, readsBody, longestBytes: longestAnswer };
    return callSite(site, composed, options, done);
  }

  /** What a translation returned may be anything: what cannot be written as its format is a fault of the event. */
  #composeSafely(delivery: Delivery, site: Site): Composition {
    try {
      return this.#compose(delivery, site, this.#context.clock.wallMs());
    } catch (error) {
      return { kind: "fault", reason: reasonOf(error) };
    }
  }

  #answer(outcome: Called): Answer {
    switch (outcome.kind) {
      case "fault":
        return { ...notSent, verdict: "fault", against: "event", reason: outcome.reason };
      case "no-credentials":
        return { ...notSent, verdict: "retry", against: "credentials", reason: outcome.reason };
      default: {
        const wallMs = this.#context.clock.wallMs();
        return judgeResponse(outcome, { responses: this.#responses, judge: this.#functions.judge, wallMs });
      }
    }
  }
}

const notSent = { sent: false, waitMs: null } as const;

const unknownSite = ({ site }: Delivery): NotComposed => ({
  kind: "fault",
  reason: `the partner has no site '${site}'`,
});

const attempt = <T>(run: () => T): T | null => {
  try {
    return run();
  } catch {
    return null;
  }
};

const refuseUnbuilt = ({ options, has, partner }: SpecOf<"http", SendSpec>): void => {
  if (options.batch !== null) throw new Unsupported("via.batch", "batches are not built yet");
  if (has.reply) throw new Unsupported("reply", "events made of answers are not built yet");
  if (partner.tenants !== undefined || has.tenant)
    throw new Unsupported("tenant", "sending by tenant is not built yet");
};
