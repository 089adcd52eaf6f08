// What the connectors of a role share. Each message and event carries its number and its key, and some ballast.
import { http, secret } from "isthmus";
import * as z from "zod";

export const item = z.object({ id: z.string(), n: z.int(), key: z.string(), ballast: z.string() });
export const event = z.object({ n: z.int(), key: z.string(), ballast: z.string() });

/** In order also over a takeover; a region that is alone goes on. */
export const common = { ordering: "key", durability: "replicated", whenAlone: "accept" } as const;

const signedBy = (site: string) =>
  ({
    scheme: "hmac",
    key: secret(`cells-site-${site}`),
    header: "x-signature",
    algorithm: "sha256",
    encoding: "hex",
    content: ["body"],
  }) as const;

/** Both sites' credentials are valid at once. */
export const receiving = http.receive({ verify: [signedBy("a"), signedBy("b")], id: "body:/id" });
export const sending = http.send({
  format: "standard-webhooks",
  sign: { scheme: "standard-webhooks", key: secret("cells-signing") },
  timeout: "2s",
});
export const polling = http.poll({
  path: "/log",
  every: "500ms",
  items: "/items",
  cursor: { kind: "token", query: "after", next: "/next" },
  acrossSites: "rewind",
});

/** Soon again: a drill does not wait for minutes. */
export const retry = { first: "200ms", cap: "1s" } as const;

/** Numbers go round the keys, so that those of one key follow each other: what a hub without order needs to keep its order. */
export const keys = 4;
export const sequence = ({ data }: { readonly data: z.output<typeof event> }) => ({
  of: data.key,
  number: Math.floor(data.n / keys),
});
