import type { ConnectorSpec } from "../define/spec.ts";
import { Dispatcher } from "./dispatch.ts";
import type { DispatchPorts, DispatchRules, DutyGrip, Work } from "./dispatch-ports.ts";
import { FeedSettler, type FeedSettlerPorts } from "./feed-settler.ts";
import { Poller } from "./poller.ts";
import type { PollPorts } from "./poller-ports.ts";
import type { OpenEntry } from "./ports.ts";
import type { JournalName, JournalRecord } from "./records.ts";

export interface WorkPorts extends DispatchPorts, Pick<FeedSettlerPorts, "outcomes"> {
  readonly poll: PollPorts;
}

/** Ingress and `send` hand on what was accepted; a connector that reads also polls, in its poll duty's home only. */
export const workOf = (
  spec: ConnectorSpec,
  paused: boolean,
  ports: WorkPorts,
  rules: DispatchRules,
  grip: DutyGrip,
): Work => {
  switch (spec.role) {
    case "feed":
      return new FeedSettler(spec, paused, ports, rules, grip);
    case "send":
      return new Dispatcher(spec, paused, ports, rules, grip);
    case "receive":
    case "poll": {
      const dispatcher = new Dispatcher(spec, paused, ports, rules, grip);
      if (ports.poll.home !== grip.duty) return dispatcher;
      return new Both(dispatcher, new Poller(spec, paused, ports.poll, grip));
    }
  }
};

class Both implements Work {
  readonly #parts: readonly Work[];

  constructor(...parts: readonly Work[]) {
    this.#parts = parts;
  }

  start(): void {
    for (const part of this.#parts) part.start();
  }

  stop(): void {
    for (const part of this.#parts) part.stop();
  }

  drain(done: () => void): void {
    let open = this.#parts.length;
    for (const part of this.#parts) part.drain(() => --open === 0 && done());
  }

  update(spec: ConnectorSpec, paused: boolean): void {
    for (const part of this.#parts) part.update(spec, paused);
  }

  accepted(entry: OpenEntry): void {
    for (const part of this.#parts) part.accepted(entry);
  }

  learned(journal: JournalName, records: readonly JournalRecord[]): void {
    for (const part of this.#parts) part.learned(journal, records);
  }

  poke(): void {
    for (const part of this.#parts) part.poke();
  }
}
