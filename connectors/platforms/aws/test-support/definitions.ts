// One small definition for each role and driver.
import { defineConnector, definePartner, eventBridge, githubWebhook, http, secret, sqs } from "isthmus";
import * as z from "zod";
import type { Definition } from "../../../../src/define/connector.ts";

const partner = definePartner({ name: "shop", location: "same-cloud", url: "https://shop.example" });
export const SERVICE = "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0";
const events = { "order.placed": z.object({ order: z.string() }) };
const message = z.object({ order: z.string() });
const ingress = {
  partner,
  events,
  message,
  translate: ({ body }: { body: { order: string } }) => ({ type: "order.placed" as const, data: body }),
};
const authed = definePartner({
  name: "shop",
  location: "same-cloud",
  url: "https://shop.example",
  auth: { kind: "bearer", token: secret("hook") },
});

export const byKind: Readonly<Record<string, Definition>> = {
  "http receive": defineConnector({ ...ingress, via: http.receive(githubWebhook(secret("hook"))) }),
  "http poll": defineConnector({
    ...ingress,
    partner: authed,
    via: http.poll({ path: "/orders", every: "1m", cursor: { kind: "link" }, acrossSites: "exact" }),
    id: ({ body }) => body.order,
  }),
  "http send": defineConnector({ partner: authed, events, via: http.send(), idempotency: "event-id" }),
  "http send to a fixed source": defineConnector({
    partner: { ...authed, fixedSource: true },
    events,
    via: http.send(),
    idempotency: "event-id",
  }),
  "http send to a private service": defineConnector({
    partner: { ...authed, privateService: SERVICE },
    events,
    via: http.send(),
    idempotency: "event-id",
  }),
  "sqs send": defineConnector({
    partner,
    events,
    via: sqs.send({
      queueArn: "arn:aws:sqs:us-east-1:210987654321:orders",
      role: "arn:aws:iam::210987654321:role/theirs",
    }),
    idempotency: "event-id",
  }),
  "sqs receive": defineConnector({
    ...ingress,
    via: sqs.receive({ writers: ["arn:aws:iam::210987654321:role/theirs"] }),
    id: ({ body }) => body.order,
  }),
  "event-bridge send": defineConnector({
    partner,
    events,
    via: eventBridge.send({ busArn: "arn:aws:events:us-east-1:210987654321:event-bus/theirs" }),
    idempotency: "event-id",
  }),
};
