import fc from "fast-check";
import { expect, test } from "vitest";
import * as z from "zod";
import * as mini from "zod/mini";
import { canonicalContent } from "./content.ts";

const event = z
  .object({ id: z.string(), amount: z.number().optional(), items: z.array(z.object({ sku: z.string() }).loose()) })
  .loose();
const body = { id: "1", amount: 2, items: [{ sku: "a" }] };

test("what the schema does not name is no content, loose or not", () => {
  const again = { pending_webhooks: 2, ...body, items: [{ sku: "a", seen: true }] };
  expect(canonicalContent(event, again)).toBe(canonicalContent(event, body));
});

test("key order is no content", () => {
  const turned = { items: [{ sku: "a" }], amount: 2, id: "1" };
  expect(canonicalContent(event, turned)).toBe(canonicalContent(event, body));
});

test.each([
  { ...body, id: "2" },
  { ...body, amount: 3 },
  { id: "1", items: body.items },
  { ...body, items: [{ sku: "b" }] },
  { ...body, items: [...body.items, { sku: "b" }] },
  null,
  "1",
])("other content: %j", (other) => {
  expect(canonicalContent(event, other)).not.toBe(canonicalContent(event, body));
});

test("a schema without fields takes the whole body as content, at every depth in one order", () => {
  const first = canonicalContent(z.unknown(), { b: [{ d: 1, c: 2 }], a: null });
  expect(first).toBe(canonicalContent(z.unknown(), { a: null, b: [{ c: 2, d: 1 }] }));
  expect(first).not.toBe(canonicalContent(z.unknown(), { a: null, b: [{ c: 2, d: 3 }] }));
});

const wrapped = {
  optional: z.object({ a: event.optional() }),
  nullable: z.object({ a: event.nullable() }),
  default: z.object({ a: event.default(() => body) }),
  readonly: z.object({ a: event.readonly() }),
  catch: z.object({ a: event.catch(body) }),
  lazy: z.object({ a: z.lazy(() => event) }),
  pipe: z.object({ a: event.transform(({ id }) => id) }),
  record: z.record(z.string(), event),
  tuple: z.object({ a: event }).and(z.object({ a: event })),
  catchall: z.object({}).catchall(event),
  union: z.union([z.object({ a: z.string() }), z.object({ a: event })]),
  discriminated: z.discriminatedUnion("t", [
    z.object({ t: z.literal("x").default("x"), a: event }),
    z.object({ t: z.literal("y"), a: z.string() }),
  ]),
  mini: mini.object({
    a: mini.looseObject({ id: mini.string(), items: mini.array(mini.looseObject({ sku: mini.string() })) }),
  }),
};
test.each(Object.entries(wrapped))("fields are picked within %s", (_, schema) => {
  const noisy = { a: { ...body, countdown: 1, items: [{ sku: "a", n: 1 }] } };
  expect(canonicalContent(schema, noisy)).toBe(canonicalContent(schema, { a: body }));
  expect(canonicalContent(schema, { a: { ...body, id: "2" } })).not.toBe(canonicalContent(schema, { a: body }));
});

test("a schema may contain itself", () => {
  const node = z.object({
    name: z.string(),
    get children() {
      return z.array(node);
    },
  });
  const tree = { name: "a", children: [{ name: "b", children: [] }] };
  const noisy = { name: "a", x: 1, children: [{ name: "b", y: 2, children: [] }] };
  expect(canonicalContent(node, noisy)).toBe(canonicalContent(node, tree));
});

test("equal JSON has equal content, whatever the order of its keys", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).reverse());
      expect(canonicalContent(z.unknown(), turned)).toBe(canonicalContent(z.unknown(), value));
    }),
  );
});
