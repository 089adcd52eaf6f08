import type { ConnectorSpec } from "../define/spec.ts";
import type { DispatchPorts, DispatchRules, DutyGrip, Work } from "./dispatch-ports.ts";

/** Settles what every reader of a feed has acknowledged, for the journals of one duty. */
export class FeedSettler implements Work {
  constructor(_spec: ConnectorSpec, _paused: boolean, _ports: DispatchPorts, _rules: DispatchRules, _grip: DutyGrip) {}

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
