import { ownSpec } from "../own.ts";
import type { Driver } from "../port.ts";
import { SqsReader } from "./poll/poll.ts";
import { SqsReceiver } from "./receive/receive.ts";
import { sqsSender } from "./send/send.ts";

type Role<R extends keyof Driver> = NonNullable<Driver[R]>;

export const receive: Role<"receive"> = (spec, functions, context) =>
  new SqsReceiver(ownSpec("sqs", spec), functions, context);
export const poll: Role<"poll"> = (spec, functions, context) => {
  const own = ownSpec("sqs", spec);
  if (own.role !== "poll") throw new Error(`'${own.name}' does not poll`);
  return new SqsReader(own, functions, context);
};
export const send: Role<"send"> = (spec, _functions, context) => sqsSender(ownSpec("sqs", spec), context);

export const sqs: Driver = { receive, poll, send };
