// How a partner proves who it is, and how we sign, as zod schemas. Settings are resolved before.
import * as z from "zod";
import { duration, headerName, secretName, strict, text } from "./values.ts";

const content = z
  .array(z.union([z.enum(["body", "timestamp", "."]), strict({ header: headerName })]))
  .min(1, { error: "names nothing that is signed" });
const hmac = strict({
  scheme: z.literal("hmac"),
  key: secretName,
  header: headerName,
  algorithm: z.enum(["sha256", "sha512"]),
  encoding: z.enum(["hex", "base64"]),
  prefix: z.string().default(""),
  content,
  timestamp: strict({ header: headerName, tolerance: duration })
    .transform(({ header, tolerance }) => ({ header, toleranceMs: tolerance }))
    .nullable()
    .default(null),
});
const standardWebhooks = strict({ scheme: z.literal("standard-webhooks"), key: secretName });
export const signature = z.discriminatedUnion("scheme", [standardWebhooks, hmac], {
  error: 'must be a signature: scheme "standard-webhooks" or "hmac"',
});
export const verification = z.discriminatedUnion(
  "scheme",
  [
    standardWebhooks,
    hmac,
    strict({ scheme: z.literal("stripe"), key: secretName }),
    strict({
      scheme: z.literal("jwt"),
      issuer: text,
      audience: text,
      claims: z.record(z.string(), z.string()).default({}),
    }),
    strict({ scheme: z.literal("bearer"), token: secretName }),
    strict({ scheme: z.literal("mtls"), ca: text, subjects: z.array(text).min(1) }),
    strict({ scheme: z.literal("iam"), roles: z.array(text).min(1) }),
  ],
  { error: 'must be a verification: scheme "standard-webhooks", "hmac", "stripe", "jwt", "bearer", "mtls" or "iam"' },
);
