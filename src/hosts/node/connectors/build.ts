import type { EgressFunctions, ReceiveSpec, ResolvedConnector, SendSpec } from "../../../define/spec.ts";
import type { DriverContext, Receiver, Sender } from "../../../drivers/port.ts";
import { drivers } from "../../../drivers/registry.ts";
import { Unsupported } from "../../../drivers/unsupported.ts";

/** A connector with the end of its driver. */
export type Built =
  | { readonly role: "receive"; readonly spec: ReceiveSpec; readonly receiver: Receiver }
  | { readonly role: "send"; readonly spec: SendSpec; readonly sender: Sender; readonly functions: EgressFunctions };

/** @throws Unsupported where the definition asks for what is not built */
export const build = ({ spec, functions }: ResolvedConnector, context: DriverContext): Built => {
  const driver = drivers[spec.driver];
  if (spec.role === "receive" && functions.direction === "ingress" && driver.receive !== undefined) {
    if (functions.fetch !== null) throw new Unsupported("fetch", "reading thin messages back is not built yet");
    return { role: "receive", spec, receiver: driver.receive(spec, functions, context) };
  }
  if (spec.role === "send" && functions.direction === "egress" && driver.send !== undefined) {
    return { role: "send", spec, functions, sender: driver.send(spec, functions, context) };
  }
  throw new Unsupported("via", `the driver '${spec.driver}' has no role '${spec.role}'`);
};
