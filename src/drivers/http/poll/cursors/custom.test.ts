import { expect, it } from "vitest";
import { DefinitionFault } from "../../../../define/faults.ts";
import type { IngressFunctions } from "../../../../define/spec.ts";
import { answering, pass, read, readerOf, type Setting, source } from "../testing.ts";

type Cursor = NonNullable<IngressFunctions["cursor"]>;
const custom = (change: Partial<Cursor> = {}): Setting => ({
  cursor: { kind: "custom" },
  functions: {
    cursor: {
      request: (cursor) => ({
        method: "POST",
        path: "/search",
        headers: { "x-v": "2" },
        body: { from: cursor ?? "start" },
      }),
      next: ({ headers }) => headers["x-next"] ?? null,
      ...change,
    },
  },
});

it("a definition's own requests are made, and its cursor is followed", async () => {
  const double = await source(
    answering((_query, { body }) => {
      const { from } = JSON.parse(body.toString("utf8"));
      return from === "start"
        ? { body: { items: [{ id: "a" }] }, headers: { "x-next": "2" } }
        : { body: { items: [{ id: "b" }] } };
    }),
  );
  expect(await pass(readerOf(double, custom()))).toEqual({ ids: ["a", "b"], cursor: "2", pages: 2 });
  const [call] = double.calls;
  expect([call?.method, call?.url, call?.headers["x-v"], call?.headers["content-type"]]).toEqual([
    "POST",
    "/search",
    "2",
    "application/json",
  ]);
});

it("an empty page on the way moves the cursor, at the pace of the poll", async () => {
  const double = await source(answering(() => ({ body: { items: [] }, headers: { "x-next": "3" } })));
  expect((await read(readerOf(double, custom()), "2")).page).toEqual({ inputs: [], cursor: "3", more: false });
});

const throws = (): never => {
  throw new DefinitionFault("result-invalid", "no good");
};
it("nothing is asked where its request cannot be made", async () => {
  const double = await source(answering(() => ({ body: { items: [] } })));
  const answer = await read(readerOf(double, custom({ request: throws })));
  expect(answer).toMatchObject({ verdict: "fault", against: "us", sent: false, reason: "cursor.request: no good" });
  expect(double.calls.length).toBe(0);
});

it("an error of its code is told, but not all of a page that it holds", async () => {
  const double = await source(answering(() => ({ body: { items: [] } })));
  const floods = (): never => {
    throw new Error("x".repeat(100_000));
  };
  expect((await read(readerOf(double, custom({ request: floods })))).reason.length).toBeLessThan(1_100);
  expect((await read(readerOf(double, custom({ next: floods })))).reason.length).toBeLessThan(1_100);
});

it.each([
  ["a method that has effects", { method: "DELETE" }],
  ["another host", { path: "http://example.com/" }],
  ["a header of the gateway's", { headers: { "isthmus-duty": "west;epoch=1" } }],
] as const)("nothing is asked with %s", async (_what, request) => {
  const double = await source(answering(() => ({ body: { items: [] } })));
  const answer = await read(readerOf(double, custom({ request: () => request })));
  expect(answer).toMatchObject({ verdict: "fault", against: "us", sent: false, page: null });
  expect(double.calls.length).toBe(0);
});

it("a page is not taken where it cannot say how to go on", async () => {
  const double = await source(answering(() => ({ body: { items: [{ id: "a" }] } })));
  const answer = await read(readerOf(double, custom({ next: throws })));
  expect(answer).toMatchObject({ verdict: "retry", against: "us", reason: "200: cursor.next: no good", page: null });
});
