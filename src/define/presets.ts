// How known partners prove who they are: data to pass to `http.receive` or to spread,
// `http.receive({ ...githubWebhook(secret("k")), limit: "5MB" })`. One entry and one test vector (presets.test.ts) each.
import type { Secret } from "./model.ts";

/** GitHub repository, organization and app webhooks. */
export const githubWebhook = (key: Secret) =>
  ({
    id: "header:x-github-delivery",
    verify: {
      scheme: "hmac",
      key,
      header: "x-hub-signature-256",
      algorithm: "sha256",
      encoding: "hex",
      prefix: "sha256=",
      content: ["body"],
    },
  }) as const;

/** Shopify app webhooks; the tenant is the shop. */
export const shopifyWebhook = (key: Secret) =>
  ({
    id: "header:x-shopify-event-id",
    tenant: "header:x-shopify-shop-domain",
    verify: {
      scheme: "hmac",
      key,
      header: "x-shopify-hmac-sha256",
      algorithm: "sha256",
      encoding: "base64",
      content: ["body"],
    },
  }) as const;

/** Stripe webhooks; the identity is the event's, not the delivery's. */
export const stripeWebhook = (key: Secret) => ({ id: "body:/id", verify: { scheme: "stripe", key } }) as const;

/** Whoever follows standardwebhooks.com. The secret's text is the key with its `whsec_` prefix. */
export const standardWebhooks = (key: Secret) =>
  ({ id: "header:webhook-id", verify: { scheme: "standard-webhooks", key } }) as const;
