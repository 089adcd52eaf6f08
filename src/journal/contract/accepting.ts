import { describe, expect, it } from "vitest";
import { ask, entry, identitiesOf, segment, settlement } from "./harness.ts";
import type { StoreOfTest } from "./suite.ts";

export const accepting = (store: StoreOfTest): void => {
  describe("accept", () => {
    it("gives gapless positions in the own journal", async () => {
      const { accept } = ask(store().journal);
      expect(await accept("orders", entry("s 1"))).toEqual({ kind: "accepted", journal: "east.1", position: 1 });
      expect(await accept("orders", entry("s 2"))).toEqual({ kind: "accepted", journal: "east.1", position: 2 });
      expect(store().journal.vector("orders")).toEqual({ "east.1": 2 });
    });

    it("answers a known identity with the first one's place and payload", async () => {
      const { accept } = ask(store().journal);
      await accept("orders", entry("s 1", { payload: "first" }));
      const again = await accept("orders", entry("s 1", { payload: "second" }));
      expect(again).toEqual({ kind: "known", journal: "east.1", position: 1, payload: "first" });
      expect(store().journal.ledger("orders").accepted).toBe(1);
    });

    it("knows identities of other regions' journals", async () => {
      const { accept, apply } = ask(store().journal);
      await apply(segment("west.1", [entry("s 1", { payload: "theirs" })]));
      const again = await accept("orders", entry("s 1"));
      expect(again).toEqual({ kind: "known", journal: "west.1", position: 1, payload: "theirs" });
    });

    it("takes one of two that come at once", async () => {
      const { accept } = ask(store().journal);
      const answers = await Promise.all([accept("orders", entry("s 1")), accept("orders", entry("s 1"))]);
      expect(answers.map(({ kind }) => kind)).toEqual(["accepted", "known"]);
    });

    it("answers many that come together in the order they came", async () => {
      const { accept, open } = ask(store().journal);
      const names = Array.from({ length: 500 }, (_, at) => `s ${at}`);
      const answers = await Promise.all(names.map((name) => accept("orders", entry(name))));
      expect(answers).toEqual(names.map((_, at) => ({ kind: "accepted", journal: "east.1", position: at + 1 })));
      expect(identitiesOf(await open("orders"))).toEqual(names);
    });

    it("keeps every field of an entry", async () => {
      const full = entry("s 1", {
        key: "k",
        sequence: { of: "series", number: 7 },
        payload: '{"text":"žluťoučký 🐎 \\u0000"}',
        after: { "west.1": 4, "north.2": 9 },
      });
      const { accept, open, read } = ask(store().journal);
      await accept("orders", full);
      expect(await open("orders")).toEqual([{ ...full, journal: "east.1", position: 1, round: 0 }]);
      expect((await read("orders", "east.1")).records).toEqual([{ position: 1, record: full }]);
    });

    it("opens an entry whose settlement came first as settled", async () => {
      const { accept, apply, open } = ask(store().journal);
      await apply(segment("west.1", [settlement("s 1", "delivered")]));
      expect(store().journal.ledger("orders").accepted).toBe(0);
      expect((await accept("orders", entry("s 1"))).kind).toBe("accepted");
      expect(await open("orders")).toEqual([]);
      expect(store().journal.ledger("orders")).toMatchObject({ accepted: 1, pending: 0, byOutcome: { delivered: 1 } });
    });
  });

  describe("write", () => {
    it("leaves known entries out and says where the others stand", async () => {
      const { accept, write } = ask(store().journal);
      await accept("orders", entry("s 1"));
      const cursor = { kind: "cursor", source: "hub", value: "17", epoch: 0 } as const;
      const answer = await write("orders", [entry("s 1"), entry("s 2"), entry("s 2"), cursor]);
      expect(answer).toEqual({ kind: "written", journal: "east.1", positions: [null, 2, null, 3] });
      expect(store().journal.cursor("orders", "hub")).toMatchObject({ value: "17", epoch: 0 });
      expect(store().journal.vector("orders")).toEqual({ "east.1": 3 });
    });

    it("keeps the cursor of the highest epoch, then the latest", async () => {
      const { write, apply } = ask(store().journal);
      const cursor = (value: string, epoch: number) => ({ kind: "cursor", source: "poll", value, epoch }) as const;
      await write("orders", [cursor("1", 3), cursor("2", 3)]);
      await apply(segment("west.1", [cursor("old", 2)]));
      expect(store().journal.cursor("orders", "poll")).toMatchObject({ value: "2", epoch: 3 });
      await apply(segment("west.1", [cursor("new", 4)], 1));
      expect(store().journal.cursor("orders", "poll")).toMatchObject({ value: "new", epoch: 4 });
      expect(store().journal.cursor("orders", "other")).toBeNull();
    });

    it("goes on in a new incarnation at position 1", async () => {
      const { accept, write } = ask(store().journal);
      await accept("orders", entry("s 1"));
      store().journal.begin(2);
      expect(await write("orders", [settlement("s 1", "delivered")])).toMatchObject({
        journal: "east.2",
        positions: [1],
      });
      expect(store().journal.vector("orders")).toEqual({ "east.1": 1, "east.2": 1 });
      expect(store().journal.highestIncarnation).toBe(2);
    });
  });

  it("holds connectors apart", async () => {
    const { accept, write, open } = ask(store().journal);
    await accept("orders", entry("s 1"));
    expect(await accept("invoices", entry("s 1"))).toMatchObject({ kind: "accepted", position: 1 });
    await write("orders", [settlement("s 1", "delivered")]);
    expect(await open("orders")).toEqual([]);
    expect(identitiesOf(await open("invoices"))).toEqual(["s 1"]);
    expect([...store().journal.connectors()].sort()).toEqual(["invoices", "orders"]);
  });

  it("forgets a dropped connector, and it alone", async () => {
    const { accept, write, drop, open, report } = ask(store().journal);
    await accept("orders", entry("s 1", { key: "k" }));
    await write("orders", [settlement("s 1", "faulted"), { kind: "cursor", source: "hub", value: "1", epoch: 0 }]);
    await accept("invoices", entry("s 1"));
    await drop("orders");
    expect(store().journal.connectors()).toEqual(["invoices"]);
    expect(store().journal.vector("orders")).toEqual({});
    expect(await report("orders", "s 1")).toBeNull();
    expect(await accept("orders", entry("s 1"))).toMatchObject({ kind: "accepted", position: 1 });
    expect(store().journal.cursor("orders", "hub")).toBeNull();
    expect(store().journal.ledger("orders")).toMatchObject({ accepted: 1, pending: 1, byOutcome: { faulted: 0 } });
    expect(identitiesOf(await open("invoices"))).toEqual(["s 1"]);
  });
};
