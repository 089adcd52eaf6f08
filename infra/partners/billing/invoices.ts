// An invoice line for every activity in a repository. `webhook-id` is the event's id, which both of their sites know.
import { defineConnector, http, secret } from "isthmus";
import { repositoryActivity } from "../../events/repository.ts";
import { billing } from "./partner.ts";

export default defineConnector({
  partner: billing,
  via: http.send({
    format: "standard-webhooks",
    sign: { scheme: "standard-webhooks", key: secret("billing-signing") },
    timeout: "2s",
  }),
  events: { "repository.activity": repositoryActivity },
  ordering: "key",
  // In order also over a takeover: the survivor has what the lost region acknowledged. While one region is alone it goes on.
  durability: "replicated",
  whenAlone: "accept",
  partitionkey: ({ data }) => data.repository,
  idempotency: "event-id",
  retry: { first: "250ms", cap: "2s" },
  translate: ({ time, data }) => ({
    path: "/invoices",
    body: {
      type: "invoice.line",
      timestamp: time,
      data: { repository: data.repository, activity: data.activity, actor: data.actor, quantity: 1 },
    },
  }),
});
