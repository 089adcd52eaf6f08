// Another team, another account: both directions, no loop. And an mTLS partner.

import { bySite, defineConnector, definePartner, eventBridge, http, secret, setting, sqs } from "isthmus";
import * as z from "zod";
export const catalogue = definePartner({
  name: "catalogue-team",
  location: "same-cloud",
  sites: { east: { region: "us-east-1" }, west: { region: "us-west-2" } },
  topology: { mode: "active-active", recoveryPoint: "0s" },
});
const product = z.object({ sku: z.string(), title: z.string() });
export const productsOut = defineConnector({
  partner: catalogue,
  via: eventBridge.send({
    busArn: bySite({ east: setting("catalogue-bus-east"), west: setting("catalogue-bus-west") }),
  }),
  events: { "product.changed": product },
  idempotency: "event-id",
});
export const productsIn = defineConnector({
  partner: catalogue,
  via: sqs.receive({ writers: [setting("catalogue-role")] }),
  message: z.object({ id: z.string(), detail: product }),
  events: { "product.changed": product },
  id: ({ body }) => body.id,
  translate: ({ body }) => ({ type: "product.changed", partitionkey: body.detail.sku, data: body.detail }),
});
export const customs = definePartner({
  name: "customs",
  location: "internet",
  sites: { a: { url: "https://a.customs.example" }, b: { url: "https://b.customs.example" } },
  topology: {
    mode: "primary-secondary",
    primary: "a",
    secondary: "b",
    failback: { stableFor: "10m" },
    recoveryPoint: "1m",
    failoverAfter: "90s",
  },
  auth: { kind: "mtls", certificate: secret("customs-cert"), key: secret("customs-key") },
});
export const declarations = defineConnector({
  partner: customs,
  via: http.send({
    sign: { scheme: "standard-webhooks", key: secret("customs-signing") },
    format: "standard-webhooks",
  }),
  events: { "export.declared": z.object({ mrn: z.string() }) },
  idempotency: "event-id",
  expiresAfter: "7d",
});
