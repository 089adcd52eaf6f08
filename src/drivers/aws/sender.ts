/** What sending to a queue and to a bus have in common: one call for each delivery, to the site in use. */
import type { Answer, Clock, Delivery, Done, Sending } from "../../core/ports.ts";
import type { CommonSpec } from "../../define/spec.ts";
import { probeSite } from "../http/site/probe.ts";
import { closeSites } from "../http/site/site.ts";
import type { DriverContext, Sender } from "../port.ts";
import { Unsupported } from "../unsupported.ts";
import { callService, type ServiceAnswer, type ServiceCall } from "./call.ts";
import { type AwsSite, awsSites, type TakenRole } from "./sites.ts";

export interface Protocol {
  /** Arguments of the call; a text: what is wrong with the event. */
  compose(delivery: Delivery, target: AwsSite): Pick<ServiceCall, "target" | "version" | "input"> | string;
  /** What the service said of what it took. */
  judge(answer: ServiceAnswer): Answer;
}

const nothingOpen: Sending = { abort: () => undefined };

export class AwsSender implements Sender {
  readonly #clock: Clock;
  readonly #targets: ReadonlyMap<string, AwsSite>;
  readonly #protocol: Protocol;

  /** @param arns by site */
  constructor(
    protocol: Protocol,
    arns: Readonly<Record<string, string>>,
    role: TakenRole,
    spec: CommonSpec,
    context: DriverContext,
  ) {
    if (spec.has.reply) throw new Unsupported("reply", "what is taken is not answered with a message");
    if (spec.has.lookup) throw new Unsupported("onUnknown", "what was taken cannot be asked for");
    if (spec.partner.tenants !== undefined || spec.has.tenant)
      throw new Unsupported("tenant", "sending by tenant is not built yet");
    this.#protocol = protocol;
    this.#clock = context.clock;
    this.#targets = awsSites(arns, role, spec, context);
  }

  send(delivery: Delivery, done: Done<Answer>): Sending {
    const target = this.#targets.get(delivery.site ?? "");
    const composed =
      target === undefined ? `the partner has no site '${delivery.site}'` : this.#protocol.compose(delivery, target);
    if (target === undefined || typeof composed === "string") {
      const reason = typeof composed === "string" ? composed : "";
      done({ verdict: "fault", against: "event", sent: false, waitMs: null, reason });
      return nothingOpen;
    }
    const { timeoutMs, mayWrite } = delivery;
    return callService(target, { ...composed, timeoutMs, mayWrite }, this.#clock, (answer) =>
      done(this.#protocol.judge(answer)),
    );
  }

  probe(_connector: string, name: string, done: Done<boolean>): void {
    const target = this.#targets.get(name);
    if (target === undefined) done(false);
    else probeSite(target.site, this.#clock, done);
  }

  /** What was taken cannot be asked for. */
  lookup(_delivery: Delivery, done: Done<"found" | "not-found" | "unknown">): void {
    done("unknown");
  }

  close(done: () => void): void {
    closeSites(new Map([...this.#targets].map(([name, { site }]) => [name, site])), done);
  }
}

export const taken = (reason: string): Answer => ({
  verdict: "delivered",
  against: "nobody",
  sent: true,
  waitMs: null,
  reason,
});
