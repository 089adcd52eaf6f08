import { describe, expect, it } from "vitest";
import { answering, idsOf, nowMs, pass, read, readerOf, type Setting, source } from "../testing.ts";

const minute = 60_000;
const since = (overlapMs: number, spec: Setting["spec"] = {}): Setting => ({
  cursor: { kind: "since", query: "since", field: "/at", overlapMs },
  spec,
});

interface Row {
  readonly id: string;
  readonly at: string | number;
}
const textAt = (ms: number): string => new Date(ms).toISOString().replace(".000Z", "Z");
const row = (id: string, minutes: number): Row => ({ id, at: textAt(nowMs + minutes * minute) });
const timeOf = (at: string | number): number => (typeof at === "number" ? at : Date.parse(at));

/** Gives what is at or after the time that is asked for, the earliest first, so many on a page. */
const log = (rows: readonly Row[], page = 3, includes: "from" | "after" = "from") =>
  answering((query) => {
    const text = query.get("since");
    const from = text === null ? -1 : timeOf(/^\d+$/.test(text) ? Number(text) : text);
    const items = rows
      .filter(({ at }) => (includes === "from" ? timeOf(at) >= from : timeOf(at) > from))
      .toSorted((a, b) => timeOf(a.at) - timeOf(b.at));
    return { body: { items: items.slice(0, page) } };
  });
const minutesOf = (query: string): number =>
  (Date.parse(new URL(query, "http://site").searchParams.get("since") ?? "") - nowMs) / minute;
const unique = (ids: readonly string[]): readonly string[] => [...new Set(ids)];

describe("a source that gives times", () => {
  it.each(["from", "after"] as const)(
    "is read to its end, and then %s the latest, less the overlap",
    async (includes) => {
      const rows = [row("a", 1), row("b", 2), row("c", 3), row("d", 4)];
      const double = await source(log(rows, 3, includes));
      const reader = readerOf(double, since(2 * minute));
      const first = await pass(reader);
      expect([unique(first.ids), first.cursor]).toEqual([["a", "b", "c", "d"], textAt(nowMs + 4 * minute)]);
      const asked = double.calls.length;
      double.behave(log([...rows, row("e", 5)], 3, includes));
      const second = await pass(reader, first.cursor);
      expect(second.ids).toContain("e");
      expect(second.ids).not.toContain("a");
      expect(minutesOf(double.calls[asked]?.url ?? "")).toBe(2);
    },
  );

  it("that stands still costs no page that is read twice without end", async () => {
    const double = await source(log([row("a", 1), row("b", 2)]));
    const reader = readerOf(double, since(minute));
    const { cursor } = await pass(reader);
    expect(await pass(reader, cursor)).toEqual({ ids: ["a", "b", "b"], cursor, pages: 2 });
  });

  it("and numbers out of order loses nothing that it wrote within the overlap", async () => {
    const rows = [row("a", 1), row("d", 4)];
    const double = await source(log(rows));
    const reader = readerOf(double, since(3 * minute));
    const { cursor } = await pass(reader);
    double.behave(log([...rows, row("b", 2), row("c", 3), row("e", 5)]));
    expect(unique((await pass(reader, cursor)).ids)).toEqual(expect.arrayContaining(["b", "c", "e"]));
  });

  it("whose clock runs an hour behind ours loses nothing", async () => {
    const behind = -60;
    const rows = [row("a", behind)];
    const double = await source(log(rows));
    const reader = readerOf(double, since(minute));
    let { cursor } = await pass(reader);
    const seen: string[] = [];
    for (let minutes = 1; minutes <= 10; minutes += 1) {
      rows.push(row(`r-${minutes}`, behind + minutes));
      const next = await pass(reader, cursor);
      seen.push(...next.ids);
      cursor = next.cursor;
    }
    expect(unique(seen)).toEqual(expect.arrayContaining(rows.slice(1).map(({ id }) => id)));
    expect(double.calls.every(({ url }) => !url.includes("since") || minutesOf(url) <= behind + 10)).toBe(true);
  });

  it("with more within the overlap than a page holds is read beyond it", async () => {
    const rows = Array.from({ length: 20 }, (_, index) => row(`r-${index}`, index / 10));
    const reader = readerOf(await source(log(rows)), since(60 * minute));
    const { ids, cursor } = await pass(reader);
    expect(unique(ids).length).toBe(20);
    rows.push(row("new", 2));
    expect((await pass(reader, cursor)).ids).toContain("new");
  });

  it("is read on within a pass where the reader was stopped", async () => {
    const rows = [row("a", 1), row("b", 2), row("c", 3), row("d", 4), row("e", 5)];
    const double = await source(log(rows, 2));
    const first = await read(readerOf(double, since(10 * minute)));
    const { ids, cursor } = await pass(readerOf(double, since(10 * minute)), first.page?.cursor ?? null);
    expect([unique(ids), cursor]).toEqual([["b", "c", "d", "e"], textAt(nowMs + 5 * minute)]);
  });

  it("does not take the cursor back where what was latest is gone", async () => {
    const double = await source(log([row("a", 1), row("b", 2)]));
    const reader = readerOf(double, since(5 * minute));
    const { cursor } = await pass(reader);
    double.behave(log([row("a", 1)]));
    expect((await pass(reader, cursor)).cursor).toBe(cursor);
    double.behave(log([]));
    expect((await read(reader, cursor)).page).toEqual({ inputs: [], cursor: null, more: false });
  });

  it.each([
    ["2023-11-14T22:13:20Z", "2023-11-14T22:12:20Z"],
    ["2023-11-14T22:13:20.5Z", "2023-11-14T22:12:20.5Z"],
    ["2023-11-14T22:13:20.123456+01:00", "2023-11-14T22:12:20.123000+01:00"],
    ["2023-11-14 22:13:20", "2023-11-14 22:12:20"],
    [1_700_000_000, "1699999940"],
    [1_700_000_000_000, "1699999940000"],
    ["1700000000.000100", "1699999940.000000"],
    [1_700_000_000_000_000, "1699999940000000"],
    [7, "0"],
  ])("%s is asked for in the form it is written in: %s", async (at, asked) => {
    const double = await source(answering(() => ({ body: { items: [{ id: "a", at }] } })));
    const reader = readerOf(double, since(minute));
    const { cursor } = await pass(reader);
    expect(cursor).toBe(String(at));
    await read(reader, cursor);
    expect(new URL(double.calls.at(-1)?.url ?? "", "http://site").searchParams.get("since")).toBe(asked);
  });

  it("in several zones, and in fractions of a second, is read on from the latest", async () => {
    const times = [
      "2023-11-14T23:30:00.5+02:00",
      "2023-11-14T18:00:00.09-05:00",
      "2023-11-14T18:00:00.5-05:00",
      "2023-11-14T22:59:59Z",
    ];
    const items = times.map((at, index) => ({ id: String(index), at }));
    const { cursor } = await pass(readerOf(await source(answering(() => ({ body: { items } }))), since(minute)));
    expect(cursor).toBe("2023-11-14T18:00:00.5-05:00");
  });

  it("is asked for all from the start, or from the time that the definition says", async () => {
    const double = await source(log([]));
    for (const startFrom of ["earliest", "now", { time: "2023-01-01T00:00:00Z" }] as const) {
      await read(readerOf(double, since(minute, { startFrom })));
    }
    expect(double.calls.map(({ url }) => url)).toEqual([
      "/orders",
      "/orders",
      "/orders?since=2023-01-01T00%3A00%3A00Z",
    ]);
  });

  it("which no item gives is told, and the page is not taken; some without it do not matter", async () => {
    const double = await source(answering(() => ({ body: { items: [{ id: "a" }, { id: "b", at: "yesterday" }] } })));
    const reader = readerOf(double, since(minute));
    const answer = await read(reader);
    expect(answer).toMatchObject({
      verdict: "retry",
      against: "site",
      reason: "200: no item has a time at /at",
      page: null,
    });
    double.behave(answering(() => ({ body: { items: [{ id: "a" }, row("b", 1)] } })));
    expect(idsOf(await read(reader))).toEqual(["a", "b"]);
  });
});

describe("a source that is read from now on", () => {
  const fromNow = since(2 * minute, { startFrom: "now" });
  const old = Array.from({ length: 10 }, (_, index) => row(`old-${index}`, index));

  it("has what it had before passed over, whatever its clock says, and all that comes later read", async () => {
    const rows = [...old];
    const reader = readerOf(await source(log(rows)), fromNow);
    const first = await pass(reader);
    expect([first.ids, first.cursor]).toEqual([[], textAt(nowMs + 9 * minute)]);
    rows.push(row("late", 8.5), row("new", 10));
    expect(unique((await pass(reader, first.cursor)).ids)).toEqual(["old-7", "old-8", "late", "old-9", "new"]);
  });

  it("goes on passing over where the reader was stopped", async () => {
    const double = await source(log(old));
    const first = await read(readerOf(double, fromNow));
    expect(first).toMatchObject({ verdict: "delivered", page: { inputs: [], more: true } });
    expect((await pass(readerOf(double, fromNow), first.page?.cursor ?? null)).ids).toEqual([]);
  });

  it("and has nothing yet, has its first item read", async () => {
    const double = await source(log([]));
    const reader = readerOf(double, fromNow);
    const { cursor } = await pass(reader);
    expect((await read(reader, cursor)).page).toEqual({ inputs: [], cursor: null, more: false });
    double.behave(log([row("a", 1)]));
    expect(unique((await pass(reader, cursor)).ids)).toEqual(["a"]);
  });
});

describe("a cursor is set back", () => {
  const rewound = async (cursor: string, kind = since(minute)) =>
    readerOf(await source(log([])), kind).rewound(cursor, 3_600_000);

  it.each([
    ["2023-11-14T22:13:20Z", "2023-11-14T21:13:20Z"],
    ["2023-11-14T22:13:20.250+02:00", "2023-11-14T21:13:20.250+02:00"],
    ["1700000000", "1699996400"],
    ["1700000000000", "1699996400000"],
    ['{"seen":"1700000000","on":"1690000000"}', "1689996400"],
  ])("%s by an hour is %s", async (cursor, expected) => {
    expect(await rewound(cursor)).toBe(expected);
  });

  it("only where it names a time", async () => {
    expect(await rewound("42")).toBe(null);
    expect(await rewound("anything")).toBe(null);
    expect(await rewound("1700000000", { cursor: { kind: "token", query: "after", next: "/next" } })).toBe(null);
    expect(await rewound("/orders?since=2023-11-14T22:13:20Z", { cursor: { kind: "link" } })).toBe(null);
    expect(await rewound("1700000000", { cursor: { kind: "http-feed" } })).toBe(null);
  });
});
