// How we prove who we are, as a zod schema. Settings are resolved before.
import * as z from "zod";
import { headerName, maybe, secretName, strict, text } from "./values.ts";

export const auth = z.discriminatedUnion(
  "kind",
  [
    strict({ kind: z.literal("bearer"), token: secretName }),
    strict({ kind: z.literal("api-key"), header: headerName, key: secretName }),
    strict({ kind: z.literal("basic"), user: text, password: secretName }),
    strict({
      kind: z.literal("oauth2"),
      tokenUrl: text,
      clientId: text,
      client: z.union([strict({ secret: secretName }), strict({ privateKey: secretName })]),
      scope: maybe(text),
      audience: maybe(text),
    }),
    strict({ kind: z.literal("mtls"), certificate: secretName, key: secretName, ca: maybe(text) }),
    strict({ kind: z.literal("sigv4"), role: text, externalId: maybe(text), service: maybe(text) }),
  ],
  { error: 'must say who we are: kind "bearer", "api-key", "basic", "oauth2", "mtls" or "sigv4"' },
);
