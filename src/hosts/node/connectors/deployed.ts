import type { FeedSpec, PollSpec, ReceiveSpec, SendSpec } from "../../../define/spec.ts";
import type { FeedServer, Reader, Receiver, Sender } from "../../../drivers/port.ts";
import type { HubSubscription } from "./subscription.ts";

interface Common {
  readonly digest: string;
  readonly paused: boolean;
  readonly draining: boolean;
}
export interface DeployedReceiver extends Common {
  readonly role: "receive";
  readonly spec: ReceiveSpec;
  readonly receiver: Receiver;
  readonly reader: Reader | null;
}
export interface DeployedPoller extends Common {
  readonly role: "poll";
  readonly spec: PollSpec;
  readonly reader: Reader;
}
export interface DeployedSender extends Common {
  readonly role: "send";
  readonly spec: SendSpec;
  readonly sender: Sender;
  readonly subscription: HubSubscription | null;
}
export interface DeployedFeed extends Common {
  readonly role: "feed";
  readonly spec: FeedSpec;
  readonly server: FeedServer;
  readonly subscription: HubSubscription | null;
}

/** A connector at work in this process. */
export type Deployed = DeployedReceiver | DeployedPoller | DeployedSender | DeployedFeed;

/** Brings in nothing more from the hub. */
export const unsubscribe = (deployed: Deployed | undefined): void => {
  if (deployed?.role === "send" || deployed?.role === "feed") deployed.subscription?.stop();
};

/** Ends what its driver holds open; requests under way are finished first. */
export const closeEnds = (deployed: Deployed | undefined): void => {
  switch (deployed?.role) {
    case "send":
      return deployed.sender.close(() => undefined);
    case "poll":
    case "receive":
      return deployed.reader?.close(() => undefined);
    case "feed":
    case undefined:
      return;
  }
};
