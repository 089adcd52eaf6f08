import { expect, it } from "vitest";
import * as z from "zod";
import { type Cursor, defineConnector, definePartner, http, setting } from "../../../define/index.ts";
import { resolveDefinition } from "../../../define/resolve.ts";
import { contextOf } from "../../testing.ts";
import { HttpReader } from "./poll.ts";
import { answering, open, pass, source } from "./testing.ts";

/** Three orders, one on a page, for whichever way a reader says how many it has. */
const shop = answering((query, { body }) => {
  const posted = body.length === 0 ? null : JSON.parse(body.toString("utf8")).from;
  const read = Number(query.get("after") ?? query.get("lastEventId") ?? posted ?? 0);
  const headers: Record<string, string> = read < 2 ? { link: `</orders?after=${read + 1}>; rel="next"` } : {};
  const orders = read < 3 ? [{ id: `${read + 1}` }] : [];
  return { body: query.has("timeout") ? orders : { orders, next: read < 2 ? read + 1 : null }, headers };
});

const kinds: readonly Cursor[] = [
  { kind: "token", query: "after", next: "/next" },
  { kind: "link" },
  { kind: "http-feed" },
  {
    kind: "custom",
    request: (from) => ({ method: "POST", path: "/search", body: { from } }),
    next: ({ body }) => z.object({ next: z.number().nullable() }).parse(body).next?.toString() ?? null,
  },
];

it.each(kinds)("a definition with the cursor $kind reads all that its source has", async (cursor) => {
  const items = cursor.kind === "http-feed" ? {} : ({ items: "/orders" } as const);
  const definition = defineConnector({
    partner: definePartner({ name: "shop", location: "internet", url: setting("shop") }),
    via: http.poll({ path: "/orders", every: "1m", ...items, cursor, acrossSites: "exact" }),
    message: z.object({ id: z.string() }),
    id: ({ body }) => body.id,
    events: { "order.placed": z.object({ id: z.string() }) },
    translate: ({ body: { id } }) => ({ type: "order.placed", data: { id } }),
  });
  const double = await source(shop);
  const { spec, functions } = resolveDefinition("orders", definition, { settings: { shop: double.url } });
  if (spec.driver !== "http" || spec.role !== "poll" || functions.direction !== "ingress")
    throw new Error("not a poll");
  const reader = new HttpReader(spec, functions, contextOf({}, { loopback: [double.endpoint] }));
  open.push({ close: () => new Promise<void>((resolve) => reader.close(resolve)) });
  expect((await pass(reader)).ids).toEqual(["1", "2", "3"]);
});
