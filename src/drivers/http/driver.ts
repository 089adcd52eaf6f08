import type { Driver } from "../port.ts";
import { HttpFeedServer } from "./feed/feed.ts";
import { HttpReader } from "./poll/poll.ts";
import { HttpReceiver } from "./receive/receive.ts";
import { HttpSender } from "./send/send.ts";

export const http: Driver = {
  receive: (spec, functions, context) => new HttpReceiver(spec, functions, context),
  poll: (spec, functions, context) => new HttpReader(spec, functions, context),
  send: (spec, functions, context) => new HttpSender(spec, functions, context),
  feed: (spec, context) => new HttpFeedServer(spec, context),
};
