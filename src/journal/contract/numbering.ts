import { describe, expect, it, vi } from "vitest";
import type { SeriesQuery, SeriesView } from "../../core/ports.ts";
import type { EntryRecord } from "../../core/records.ts";
import { ask, deliveredAtA, entry, segment, settlement, switchFromA } from "./harness.ts";
import type { StoreOfTest } from "./suite.ts";

const numbered = (number: number, more: Partial<EntryRecord> = {}): EntryRecord =>
  entry(`s ${number}`, { key: "k", sequence: { of: "k", number }, ...more });

export const numbering = (store: StoreOfTest): void => {
  const around = (number: number, more: Partial<SeriesQuery> = {}, connector = "orders"): Promise<SeriesView> =>
    new Promise((done) =>
      store().journal.series(connector, { series: "k", key: "k", number, limit: 10, ...more }, done),
    );
  const numbers = ({ below, above, open }: SeriesView) => ({
    below: below.map(({ number }) => number),
    above: above.map(({ number }) => number),
    open: open.map(({ number }) => number),
  });
  const given = async (...entries: readonly EntryRecord[]): Promise<void> => {
    for (const each of entries) await ask(store().journal).accept("orders", each);
  };

  describe("series", () => {
    it("tells what is known on both sides of a number, in whatever order and journal it came", async () => {
      await given(numbered(5), numbered(2), numbered(3));
      await ask(store().journal).apply(segment("west.1", [numbered(7), numbered(1)]));
      await ask(store().journal).write("orders", [settlement("s 2", "delivered"), settlement("s 7", "faulted")]);
      const view = await around(5);
      expect(numbers(view)).toEqual({ below: [3, 2, 1], above: [7], open: [1, 3] });
      expect(view.below[1]).toEqual({
        identity: "s 2",
        number: 2,
        key: "k",
        open: false,
        journal: "east.1",
        position: 2,
      });
      expect(view.above[0]).toMatchObject({ journal: "west.1", position: 1, open: false });
      expect(numbers(await around(5, { limit: 1 }))).toEqual({ below: [3], above: [7], open: [1] });
    });

    it("keeps series, keys and connectors apart", async () => {
      await given(
        numbered(1),
        numbered(2, { key: "other" }),
        numbered(3, { sequence: { of: "other", number: 3 } }),
        entry("s none", { key: "k" }),
      );
      await ask(store().journal).accept("invoices", numbered(4));
      expect(numbers(await around(9))).toEqual({ below: [2, 1], above: [], open: [1] });
      expect(numbers(await around(9, { series: "other" }))).toEqual({ below: [3], above: [], open: [3] });
      expect(numbers(await around(9, { series: "never" }))).toEqual({ below: [], above: [], open: [] });
      expect(numbers(await around(9, {}, "never"))).toEqual({ below: [], above: [], open: [] });
    });

    it("calls open again what a switch undoes", async () => {
      await given(numbered(1), numbered(2));
      await ask(store().journal).write("orders", [deliveredAtA("s 1", 99), deliveredAtA("s 2", 100)]);
      expect(numbers(await around(3)).open).toEqual([]);
      await ask(store().journal).write("orders", [switchFromA(100)]);
      expect(numbers(await around(3))).toMatchObject({ below: [2, 1], open: [2] });
    });

    it("lasts when it is closed and opened, and goes with what is pruned", async () => {
      await given(numbered(1), numbered(2), numbered(3));
      await ask(store().journal).write("orders", [settlement("s 1", "delivered")]);
      await store().reopen();
      expect(numbers(await around(3))).toEqual({ below: [2, 1], above: [], open: [2] });
      store().journal.begin(1);
      await ask(store().journal).write("orders", [{ kind: "pruned", journal: "east.1", position: 1 }]);
      await vi.waitFor(async () => expect(numbers(await around(3)).below).toEqual([2]));
    });
  });
};
