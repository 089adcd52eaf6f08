import { ownSpec } from "../own.ts";
import type { Driver } from "../port.ts";
import { HttpFeedServer } from "./feed/feed.ts";
import { HttpReader } from "./poll/poll.ts";
import { HttpReceiver } from "./receive/receive.ts";
import { HttpSender } from "./send/send.ts";

type Role<R extends keyof Driver> = NonNullable<Driver[R]>;

// Each role has a name of its own, so that a function takes those that it needs.
export const receive: Role<"receive"> = (spec, functions, context) =>
  new HttpReceiver(ownSpec("http", spec), functions, context);
export const poll: Role<"poll"> = (spec, functions, context) =>
  new HttpReader(ownSpec("http", spec), functions, context);
export const send: Role<"send"> = (spec, functions, context) =>
  new HttpSender(ownSpec("http", spec), functions, context);
export const feed: Role<"feed"> = (spec, context) => new HttpFeedServer(spec, context);

export const http: Driver = { receive, poll, send, feed };
