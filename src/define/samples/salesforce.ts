// OAuth2, PATCH by external id, batches of 200, errors inside a 200, daily limit.

import { defineConnector, definePartner, http, secret, setting, type Verdict } from "isthmus";
import * as z from "zod";

export const salesforce = definePartner({
  name: "salesforce",
  location: "internet",
  sites: {
    org: {
      url: setting("salesforce-url"),
      auth: {
        kind: "oauth2",
        tokenUrl: setting("salesforce-token-url"),
        clientId: setting("salesforce-client-id"),
        client: { privateKey: secret("salesforce-jwt-key") },
      },
      maintenance: [{ cron: "0 2 * * SUN", timezone: "America/Los_Angeles", duration: "4h" }],
    },
  },
  rate: { limit: 100_000, per: "1d", concurrency: 10 },
});

const Results = z.array(z.object({ success: z.boolean(), errors: z.array(z.object({ statusCode: z.string() })) }));
const retryable = new Set(["UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED"]);

export default defineConnector({
  partner: salesforce,
  via: http.send({
    compress: "gzip",
    batch: {
      max: 200,
      within: "5s",
      pack: (items) => ({
        method: "PATCH",
        path: "/services/data/v64.0/composite/sobjects/Account/CustomerId__c",
        body: { allOrNone: false, records: items.map((i) => i.body) },
      }),
      judge: ({ body }): Verdict[] =>
        Results.parse(body).map(({ success, errors }) =>
          success ? "delivered" : errors.every((e) => retryable.has(e.statusCode)) ? "retry" : "fault",
        ),
    },
  }),
  events: {
    "customer.registered": z.object({ customer: z.string(), name: z.string() }),
    "customer.renamed": z.object({ customer: z.string(), name: z.string() }),
  },
  ordering: "latest",
  partitionkey: (event) => event.data.customer,
  idempotency: "natural",
  translate: ({ data }) => ({
    body: { attributes: { type: "Account" }, CustomerId__c: data.customer, Name: data.name },
  }),
});
