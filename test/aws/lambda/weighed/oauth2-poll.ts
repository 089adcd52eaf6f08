// Polls with a token, a cursor of its own making and a fetched detail: what a poll can carry.
import { defineConnector, definePartner, http, secret } from "isthmus";
import * as z from "zod";

const crm = definePartner({
  name: "crm",
  location: "internet",
  auth: {
    kind: "oauth2",
    tokenUrl: "https://login.crm.example/token",
    clientId: "isthmus",
    client: { privateKey: secret("crm-key") },
  },
  sites: { primary: { url: "https://a.crm.example" }, standby: { url: "https://b.crm.example" } },
  topology: {
    mode: "primary-secondary",
    primary: "primary",
    secondary: "standby",
    failoverAfter: "30s",
    failback: "manual",
    recoveryPoint: "5s",
  },
  rate: { limit: 10, per: "1s" },
});

export default defineConnector({
  partner: crm,
  via: http.poll({
    path: "/v1/changes",
    every: "30s",
    items: "/changes",
    cursor: { kind: "since", query: "after", field: "/at", overlap: "5m" },
    acrossSites: "rewind",
  }),
  message: z.object({ id: z.uuid(), at: z.iso.datetime(), email: z.email().nullable(), tags: z.array(z.string()) }),
  id: ({ body }) => body.id,
  events: { "customer.changed": z.object({ customer: z.string(), email: z.string().nullable() }) },
  ordering: "key",
  durability: "replicated",
  startFrom: "earliest",
  translate: ({ body: { id, email } }) => ({
    type: "customer.changed",
    partitionkey: id,
    data: { customer: id, email },
  }),
});
