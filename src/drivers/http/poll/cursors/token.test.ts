import { expect, it } from "vitest";
import { answering, idsOf, pass, read, readerOf, source } from "../testing.ts";

/** A log of which a page has two; the last page names no token. */
const log = (ids: readonly string[]) =>
  answering((query) => {
    const from = Number(query.get("after") ?? 0);
    const next = from + 2 < ids.length ? from + 2 : null;
    return { body: { items: ids.slice(from, from + 2).map((id) => ({ id })), next } };
  });

it("a token is followed to the last page, which is read again until more comes to it", async () => {
  const double = await source(log(["a", "b", "c"]));
  const reader = readerOf(double);
  const first = await pass(reader);
  expect(first).toEqual({ ids: ["a", "b", "c"], cursor: "2", pages: 2 });
  double.behave(log(["a", "b", "c", "d", "e"]));
  expect(await pass(reader, first.cursor)).toEqual({ ids: ["c", "d", "e"], cursor: "4", pages: 2 });
  expect(double.calls.map(({ url }) => url)).toEqual([
    "/orders",
    "/orders?after=2",
    "/orders?after=2",
    "/orders?after=4",
  ]);
});

it("an empty page keeps the cursor, whatever token it names", async () => {
  const reader = readerOf(await source(answering(() => ({ body: { items: [], next: "9" } }))));
  const answer = await read(reader, "7");
  expect(answer).toMatchObject({ verdict: "delivered", page: { inputs: [], cursor: null, more: false } });
});

it("a token that stands still is not followed at once", async () => {
  const reader = readerOf(await source(answering(() => ({ body: { items: [{ id: "a" }], next: "7" } }))));
  const answer = await read(reader, "7");
  expect([idsOf(answer), answer.page?.more]).toEqual([["a"], false]);
});

it("a token that no url can carry is not taken, nor is its page", async () => {
  const next = "x".repeat(4_097);
  const reader = readerOf(await source(answering(() => ({ body: { items: [{ id: "a" }], next } }))));
  const reason = expect.stringContaining("the cursor is longer than 4096");
  expect(await read(reader)).toMatchObject({ verdict: "retry", against: "site", reason, page: null });
});
