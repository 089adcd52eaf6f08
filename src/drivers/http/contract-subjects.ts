/** The HTTP driver in each role, for the contract suites. */
import { Webhook } from "standardwebhooks";
import type {
  FeedSubject,
  PollSubject,
  ReceiveSubject,
  SendSubject,
  SiteBehaviour,
  SourceBehaviour,
} from "../contract/index.ts";
import {
  clockAt,
  contextOf,
  egressOf,
  feedSpecOf,
  idOf,
  ingressOf,
  partnerOf,
  pollSpecOf,
  receiveSpecOf,
  sendSpecOf,
} from "../testing.ts";
import { HttpFeedServer } from "./feed/feed.ts";
import { bearer, requestOf } from "./feed/testing.ts";
import { HttpReader } from "./poll/poll.ts";
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

const page = 2;
/** A log that tokens lead through: each is how many items come before. */
const pages =
  (items: readonly unknown[]): Behaviour =>
  (call, response) => {
    const from = Number(new URL(call.url, "http://site").searchParams.get("after") ?? 0);
    const next = from + page < items.length ? from + page : null;
    const body = JSON.stringify({ items: items.slice(from, from + page), next });
    answers(200, { "content-type": "application/json" }, body)(call, response);
  };

const troubles: Readonly<Record<Exclude<SourceBehaviour, "gives">, Behaviour>> = {
  fails: answers(500),
  "asks-to-wait-7s": answers(429, { "retry-after": "7" }),
  "refuses-us": answers(401),
  hangs,
  cuts: resets,
  apologizes: answers(200, { "content-type": "text/html" }, "<p>We are sorry</p>"),
};

export const httpPollSubject: PollSubject = {
  start: async (secret) => {
    const items: unknown[] = [];
    const site = await startSite(pages(items));
    const auth = { kind: "bearer", token: { secret: "token" } } as const;
    const reader = new HttpReader(
      pollSpecOf(
        { items: "/items", cursor: { kind: "token", query: "after", next: "/next" } },
        { partner: partnerOf({ sites: { main: { url: site.url, auth, maintenance: [] } } }) },
      ),
      ingressOf({ id: ({ body }) => idOf(body) }),
      contextOf({ token: [secret] }, { loopback: [site.endpoint] }),
    );
    return {
      reader,
      add: (...added) => void items.push(...added.map(({ id, text }) => (id === null ? { text } : { id, text }))),
      behave: (behaviour) => site.behave(behaviour === "gives" ? pages(items) : troubles[behaviour]),
      asked: () => site.calls.filter(({ method }) => method === "GET").length,
      bytes: site.bytes,
      stop: site.close,
    };
  },
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
