// A test vector for each preset, from its owner's documentation where there is one, judged by the driver's verifier.
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import * as z from "zod";
import { verifierOf } from "../drivers/http/proof/verifier.ts";
import { clockAt } from "../drivers/testing.ts";
import {
  defineConnector,
  definePartner,
  githubWebhook,
  http,
  secret,
  shopifyWebhook,
  standardWebhooks,
  stripeWebhook,
} from "./index.ts";
import { resolveDefinition } from "./resolve.ts";

const key = secret("k");
const hmac = (text: string, value: string, encoding: "hex" | "base64") =>
  createHmac("sha256", value).update(text).digest(encoding);

interface Vector {
  readonly options: Parameters<typeof http.receive>[0];
  readonly value: string;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly at: number;
}
const vectors: Readonly<Record<string, Vector>> = {
  // docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries
  githubWebhook: {
    options: githubWebhook(key),
    value: "It's a Secret to Everybody",
    body: "Hello, World!",
    headers: { "x-hub-signature-256": "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17" },
    at: 0,
  },
  // github.com/standard-webhooks/standard-webhooks, its libraries' test vector
  standardWebhooks: {
    options: standardWebhooks(key),
    value: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    body: '{"test": 2432232314}',
    headers: {
      "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
      "webhook-timestamp": "1614265330",
      "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    },
    at: 1_614_265_330_000,
  },
  // docs.stripe.com/webhooks/signature: HMAC of "<t>.<body>"
  stripeWebhook: {
    options: stripeWebhook(key),
    value: "whsec_test",
    body: '{"id":"evt_1"}',
    headers: { "stripe-signature": `t=1614265330,v1=${hmac('1614265330.{"id":"evt_1"}', "whsec_test", "hex")}` },
    at: 1_614_265_330_000,
  },
  // shopify.dev/docs/apps/build/webhooks/subscribe/https: Base64 of the HMAC of the body
  shopifyWebhook: {
    options: shopifyWebhook(key),
    value: "hush",
    body: '{"id":1}',
    headers: { "x-shopify-hmac-sha256": hmac('{"id":1}', "hush", "base64") },
    at: 0,
  },
};

const proof = ({ options, value, headers, at }: Vector, body: string) => {
  const definition = defineConnector({
    partner: definePartner({ name: "p", location: "internet" }),
    via: http.receive({ id: "body:/id", ...options }),
    message: z.unknown(),
    events: { e: z.unknown() },
    translate: () => null,
  });
  const { spec } = resolveDefinition("c", definition, { settings: {} });
  if (spec.driver !== "http" || spec.role !== "receive") throw new Error("a preset is for receivers");
  const verifier = verifierOf(spec.options.verify, {
    secrets: () => [value],
    clock: clockAt(at),
    documents: () => {
      throw new Error("no network");
    },
  });
  return verifier.check({ method: "POST", url: "/", headers, body: Buffer.from(body) });
};

test.each(Object.entries(vectors))("%s proves its vector and no other body", (_, vector) => {
  expect(proof(vector, vector.body)).toBe("proved");
  expect(proof(vector, `${vector.body} `)).toBe("refused");
});
