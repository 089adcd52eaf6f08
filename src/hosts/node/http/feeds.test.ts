import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { feedSpec } from "../../../core/testing-feed.ts";
import type { FeedRequest } from "../../../drivers/port.ts";
import type { DeployedFeed } from "../connectors/deployed.ts";
import { FeedHandler } from "./feeds.ts";

test("a reader that went while its proof was looked at is not read for: it would hold a place that its next call needs", async () => {
  const proving: ((asked: FeedRequest) => void)[] = [];
  const response = { status: 200, headers: {}, body: "[]" };
  const server = {
    request: (_: unknown, done: (asked: FeedRequest) => void) => void proving.push(done),
    response: () => response,
  };
  const feed: DeployedFeed = {
    role: "feed",
    spec: feedSpec(),
    digest: "",
    paused: false,
    draining: false,
    server,
    subscription: null,
  };
  const read: string[] = [];
  const handler = new FeedHandler({
    region: {
      readFeed: (_connector, { reader }) => {
        read.push(reader);
        return { abort: () => undefined };
      },
    },
    telemetry: { offered: () => {}, refused: () => {} },
    connector: () => feed,
  });
  const responses: ServerResponse[] = [];
  const http = createServer((request, answer) => {
    responses.push(answer);
    handler.handle(feed, request, answer);
  });
  onTestFinished(() => void http.close());
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  const caller = connect((http.address() as AddressInfo).port, "127.0.0.1");
  caller.write("GET /orders HTTP/1.1\r\nhost: us\r\n\r\n");
  await once(http, "request");
  const [open] = responses;
  if (open === undefined) throw new Error("the call did not come");
  caller.destroy();
  await once(open, "close");
  for (const done of proving)
    done({ kind: "read", reading: { reader: "ann", cursor: null, limit: 1, waitMs: 60_000 } });
  expect([proving.length, read]).toEqual([1, []]);
});
