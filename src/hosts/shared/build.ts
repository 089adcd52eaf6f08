import type {
  EgressFunctions,
  FeedSpec,
  PollSpec,
  ReceiveSpec,
  ResolvedConnector,
  SendSpec,
} from "../../define/spec.ts";
import type { Driver, DriverContext, FeedServer, Reader, Receiver, Sender } from "../../drivers/port.ts";
import { Unsupported } from "../../drivers/unsupported.ts";

/** A connector with the ends of its driver. */
export type Built =
  | {
      readonly role: "receive";
      readonly spec: ReceiveSpec;
      readonly receiver: Receiver;
      /** Of its reconcile poll; null: it has none. */
      readonly reader: Reader | null;
    }
  | { readonly role: "poll"; readonly spec: PollSpec; readonly reader: Reader }
  | { readonly role: "send"; readonly spec: SendSpec; readonly sender: Sender; readonly functions: EgressFunctions }
  | { readonly role: "feed"; readonly spec: FeedSpec; readonly server: FeedServer };

/** @throws Unsupported where the definition asks for what is not built */
export const build = (driver: Driver, connector: ResolvedConnector, context: DriverContext): Built => {
  const { spec } = connector;
  const built = builtBy(driver, connector, context);
  if (built === null) throw new Unsupported("via", `the driver '${spec.driver}' has no role '${spec.role}'`);
  return built;
};

const builtBy = (driver: Driver, { spec, functions }: ResolvedConnector, context: DriverContext): Built | null => {
  if (functions.direction === "ingress" && functions.fetch !== null) {
    throw new Unsupported("fetch", "reading thin messages back is not built yet");
  }
  if (spec.role === "receive" && functions.direction === "ingress" && driver.receive !== undefined) {
    const reader = spec.reconcile === null ? null : driver.poll?.(spec, functions, context);
    if (reader === undefined) return null;
    const receiver = driver.receive(spec, functions, context);
    if (receiver.kind === "record") throw new Unsupported("via", "a queue of ours needs the platform aws");
    return { role: "receive", spec, receiver, reader };
  }
  if (spec.role === "poll" && functions.direction === "ingress" && driver.poll !== undefined) {
    return { role: "poll", spec, reader: driver.poll(spec, functions, context) };
  }
  if (spec.role === "send" && functions.direction === "egress" && driver.send !== undefined) {
    return { role: "send", spec, functions, sender: driver.send(spec, functions, context) };
  }
  if (spec.role === "feed" && driver.feed !== undefined) {
    return { role: "feed", spec, server: driver.feed(spec, context) };
  }
  return null;
};
