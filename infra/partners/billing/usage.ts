// Usage for every activity in a repository. Each counts by itself, so none waits for another and any hub will do.
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
  durability: "replicated",
  whenAlone: "accept",
  idempotency: "event-id",
  retry: { first: "250ms", cap: "2s" },
  translate: ({ time, data }) => ({
    path: "/usage",
    body: {
      type: "usage.counted",
      timestamp: time,
      data: { repository: data.repository, activity: data.activity, actor: data.actor, quantity: 1 },
    },
  }),
});
