import type { ReceiveSpec, SendSpec } from "../../../define/spec.ts";
import type { Receiver, Sender } from "../../../drivers/port.ts";
import type { HubFeed } from "./subscription.ts";

interface Common {
  readonly digest: string;
  readonly paused: boolean;
  readonly draining: boolean;
}
export interface DeployedReceiver extends Common {
  readonly role: "receive";
  readonly spec: ReceiveSpec;
  readonly receiver: Receiver;
}
export interface DeployedSender extends Common {
  readonly role: "send";
  readonly spec: SendSpec;
  readonly sender: Sender;
  readonly feed: HubFeed | null;
}

/** A connector at work in this process. */
export type Deployed = DeployedReceiver | DeployedSender;
