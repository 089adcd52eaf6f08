import { describe, expect, it } from "vitest";
import { ask, entry, identitiesOf, segment, settlement } from "./harness.ts";
import type { StoreOfTest } from "./suite.ts";

export const replicating = (store: StoreOfTest): void => {
  describe("apply and read", () => {
    it("gives to a reader what it took, record by record", async () => {
      const { apply, read } = ask(store().journal);
      const records = [
        entry("s 1", { key: "k" }),
        settlement("s 1", "faulted", { reason: "no such customer" }),
        { kind: "resubmit", identity: "s 1", round: 1, of: { "west.1": 1 }, person: "ada", reason: "fixed", time: 5 },
        { kind: "switch", home: "a", from: "a", to: "b", notSettledSince: 3, seq: 1, reason: "down" },
        { kind: "handback", duty: "east", epoch: 4, to: null, count: 5 },
        { kind: "conflict", identity: "s 1", payload: "other", time: 9 },
        { kind: "cursor", source: "poll", value: "c", epoch: 2 },
      ] as const;
      await apply(segment("west.1", records));
      expect(await read("orders", "west.1")).toEqual(segment("west.1", records));
      expect(store().journal.vector("orders")).toEqual({ "west.1": 7 });
    });

    it("reads at most the limit, and says how far it came", async () => {
      const { apply, read } = ask(store().journal);
      await apply(segment("west.1", [entry("s 1"), entry("s 2"), entry("s 3")]));
      expect(await read("orders", "west.1", 0, 2)).toMatchObject({ from: 0, to: 2 });
      expect(await read("orders", "west.1", 2, 2)).toEqual(segment("west.1", [entry("s 3")], 2));
      expect(await read("orders", "west.1", 3, 2)).toMatchObject({ from: 3, to: 3, records: [] });
      expect(await read("orders", "north.1")).toMatchObject({ from: 0, to: 0, records: [] });
    });

    it("gives everything to a reader that goes on where a segment ended, however large the records", async () => {
      const { accept, read } = ask(store().journal);
      const payload = "x".repeat(1_500_000);
      for (const name of ["s 1", "s 2", "s 3", "s 4", "s 5"]) await accept("orders", entry(name, { payload }));
      const positions: number[] = [];
      for (let above = 0; above < 5; ) {
        const { from, to, records } = await read("orders", "east.1", above);
        expect(from).toBe(above);
        positions.push(...records.map(({ position }) => position));
        expect(positions).toHaveLength(to);
        above = to;
      }
      expect(positions).toEqual([1, 2, 3, 4, 5]);
    });

    it("refuses a segment that would leave a hole, and changes nothing", async () => {
      const { apply } = ask(store().journal);
      await apply(segment("west.1", [entry("s 1")]));
      expect(await apply(segment("west.1", [entry("s 3")], 2))).toMatchObject({ kind: "refused", reason: "failed" });
      expect(store().journal.vector("orders")).toEqual({ "west.1": 1 });
      expect(store().journal.ledger("orders").accepted).toBe(1);
    });

    it("skips what it has, and takes the rest of the segment", async () => {
      const { apply, open } = ask(store().journal);
      await apply(segment("west.1", [entry("s 1"), entry("s 2")]));
      await apply(segment("west.1", [entry("s 1"), entry("s 2"), entry("s 3")]));
      await apply(segment("west.1", [entry("s 2")], 1));
      expect(store().journal.vector("orders")).toEqual({ "west.1": 3 });
      expect(identitiesOf(await open("orders"))).toEqual(["s 1", "s 2", "s 3"]);
    });

    it("passes positions that were pruned at the source", async () => {
      const { apply, open } = ask(store().journal);
      const gappy = { ...segment("west.1", []), to: 9, records: [{ position: 7, record: entry("s 7") }] };
      expect(await apply(gappy)).toEqual({ kind: "applied" });
      expect(store().journal.vector("orders")).toEqual({ "west.1": 9 });
      expect(await open("orders")).toMatchObject([{ identity: "s 7", position: 7 }]);
    });

    it("takes entries of one identity in several journals as one event", async () => {
      const { accept, apply, write, open, report } = ask(store().journal);
      await accept("orders", entry("s 1"));
      await apply(segment("west.1", [entry("s 1", { acceptedAt: 900 })]));
      expect(store().journal.ledger("orders")).toMatchObject({ accepted: 1, pending: 1 });
      expect((await report("orders", "s 1"))?.entries).toHaveLength(2);
      await write("orders", [settlement("s 1", "delivered")]);
      expect(await open("orders")).toEqual([]);
      expect(store().journal.ledger("orders")).toMatchObject({ accepted: 1, pending: 0, byOutcome: { delivered: 1 } });
    });

    it("knows its own earlier incarnations from a peer", async () => {
      const { apply } = ask(store().journal);
      await apply(segment("east.7", [entry("s 1")]));
      expect(store().journal.highestIncarnation).toBe(7);
    });
  });

  describe("open and anyOpen", () => {
    it("goes journal by journal in the order asked, above what is asked", async () => {
      const { apply, open } = ask(store().journal);
      await apply(segment("west.1", [entry("w 1"), entry("w 2")]));
      await apply(segment("north.1", [entry("n 1"), entry("n 2")]));
      const journals = ["west.1", "north.1"] as const;
      expect(identitiesOf(await open("orders", { journals }))).toEqual(["w 1", "w 2", "n 1", "n 2"]);
      const above = { "west.1": 1, "north.1": 1 };
      expect(identitiesOf(await open("orders", { journals, above }))).toEqual(["w 2", "n 2"]);
      expect(identitiesOf(await open("orders", { journals, limit: 3 }))).toEqual(["w 1", "w 2", "n 1"]);
      expect(identitiesOf(await open("orders", { journals: ["north.1"] }))).toEqual(["n 1", "n 2"]);
    });

    it("gives fewer than the limit only where no more are open, however large they are", async () => {
      const { write, open } = ask(store().journal);
      const payload = "x".repeat(1_500_000);
      await write(
        "orders",
        ["s 1", "s 2", "s 3", "s 4", "s 5"].map((name) => entry(name, { payload })),
      );
      expect(await open("orders", { limit: 4 })).toHaveLength(4);
      expect(await open("orders", { limit: 6 })).toHaveLength(5);
    });

    it("tells one key's entries from others'", async () => {
      const { accept, write, open, anyOpen } = ask(store().journal);
      for (const [at, key] of ["a", "b", "a", null].entries()) await accept("orders", entry(`s ${at + 1}`, { key }));
      expect(identitiesOf(await open("orders", { key: "a" }))).toEqual(["s 1", "s 3"]);
      expect(await anyOpen("orders", { "east.1": 1 }, "b")).toBe(false);
      expect(await anyOpen("orders", { "east.1": 2 }, "b")).toBe(true);
      expect(await anyOpen("orders", { "east.1": 2 }, null)).toBe(true);
      await write("orders", [settlement("s 1", "delivered"), settlement("s 2", "delivered")]);
      expect(await anyOpen("orders", { "east.1": 2 }, null)).toBe(false);
      expect(await anyOpen("orders", { "east.1": 4 }, null)).toBe(true);
      expect(await anyOpen("orders", { "west.1": 4 }, null)).toBe(false);
    });
  });
};
