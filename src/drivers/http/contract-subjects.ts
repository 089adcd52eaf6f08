/** The HTTP driver in both roles, for the contract suites. */
import { Webhook } from "standardwebhooks";
import type { FeedSubject } from "../contract/feed.ts";
import type { ReceiveSubject, SendSubject, SiteBehaviour } from "../contract.ts";
import {
  clockAt,
  contextOf,
  egressOf,
  feedSpecOf,
  ingressOf,
  partnerOf,
  receiveSpecOf,
  sendSpecOf,
} from "../testing.ts";
import { HttpFeedServer } from "./feed/feed.ts";
import { bearer, requestOf } from "./feed/testing.ts";
import { HttpReceiver } from "./receive/receive.ts";
import { HttpSender } from "./send/send.ts";
import { accepts, answers, type Behaviour, hangs, resets, startSite } from "./site/site-double.ts";

const key = { secret: "webhook" };

export const httpReceiveSubject: ReceiveSubject = {
  windowMs: 300_000,
  receiver: ({ secrets, limitBytes, nowMs }) =>
    new HttpReceiver(
      receiveSpecOf({ verify: [{ scheme: "standard-webhooks", key }], limitBytes }),
      ingressOf(),
      contextOf({ webhook: secrets }, {}, clockAt(nowMs)),
    ),
  call: ({ id, body, secret, atMs }) => ({
    method: "POST",
    url: "/orders",
    headers: {
      "content-type": "application/json",
      ...(id === null ? {} : { "x-delivery": id }),
      "webhook-id": "w-1",
      "webhook-timestamp": String(atMs / 1_000),
      "webhook-signature": new Webhook(secret).sign("w-1", new Date(atMs), body),
    },
    body: Buffer.from(body),
  }),
};

const behaviours: Readonly<Record<SiteBehaviour, Behaviour>> = {
  takes: accepts,
  refuses: answers(422),
  "asks-to-wait-7s": answers(429, { "retry-after": "7" }),
  fails: answers(500),
  hangs,
  cuts: resets,
};

export const httpSendSubject: SendSubject = {
  start: async (secret) => {
    const site = await startSite();
    const sites = { main: { url: site.url, maintenance: [] } };
    const sender = new HttpSender(
      sendSpecOf({ sign: { scheme: "standard-webhooks", key } }, { partner: partnerOf({ sites }) }),
      egressOf(),
      contextOf({ webhook: [secret] }, { loopback: [site.endpoint] }),
    );
    return {
      sender,
      output: { path: "/in", body: { a: 1 } },
      identities: () =>
        site.calls.filter(({ method }) => method === "POST").map(({ headers }) => String(headers["webhook-id"])),
      bytes: site.bytes,
      behave: (behaviour) => site.behave(behaviours[behaviour]),
      stop: site.close,
    };
  },
};

export const httpFeedSubject: FeedSubject = {
  server: ({ secrets, cursorKey, connector = "orders" }) =>
    new HttpFeedServer(
      feedSpecOf({ readers: { billing: bearer("billing"), audit: bearer("audit") } }, { name: connector }),
      {
        ...contextOf(secrets),
        cursorKey,
      },
    ),
  call: ({ secret, cursor }) => requestOf(cursor === null ? "/orders" : `/orders?cursor=${cursor}`, secret),
  cursorIn: ({ headers }) => headers["isthmus-cursor"] ?? null,
};
