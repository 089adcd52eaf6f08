import { ownSpec } from "../own.ts";
import type { Driver } from "../port.ts";
import { EventBridgeReceiver } from "./receive.ts";
import { eventBridgeSender } from "./send.ts";

type Role<R extends keyof Driver> = NonNullable<Driver[R]>;

export const receive: Role<"receive"> = (spec, functions, context) =>
  new EventBridgeReceiver(ownSpec("event-bridge", spec), functions, context);
export const send: Role<"send"> = (spec, _functions, context) =>
  eventBridgeSender(ownSpec("event-bridge", spec), context);

export const eventBridge: Driver = { receive, send };
