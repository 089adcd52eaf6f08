import type { ConnectorSpec } from "../define/spec.ts";
import type { DutyGrip, Work } from "./dispatch-ports.ts";
import type { PollPorts } from "./poller-ports.ts";

/** Reads a partner's site from a cursor, for as long as the poll duty is held. */
export class Poller implements Work {
  constructor(_spec: ConnectorSpec, _paused: boolean, _ports: PollPorts, _grip: DutyGrip) {}

  start(): void {}

  stop(): void {}

  drain(done: () => void): void {
    done();
  }

  update(): void {}

  accepted(): void {}

  learned(): void {}

  poke(): void {}
}
