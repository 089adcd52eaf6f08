import { describe, expect, it, vi } from "vitest";
import { ask, deliveredAtA, entry, identitiesOf, resubmit, segment, settlement, switchFromA } from "./harness.ts";
import type { StoreOfTest } from "./suite.ts";

export const lasting = (store: StoreOfTest): void => {
  describe("durability", () => {
    const stories = [
      ["is closed and opened", () => store().reopen()],
      ["is killed", () => store().crash()],
    ] as const;
    for (const [what, again] of stories) {
      it(`keeps what it answered when it ${what}`, async () => {
        const before = ask(store().journal);
        await before.accept("orders", entry("s 1", { key: "k" }));
        await before.accept("orders", entry("s 2"));
        await before.apply(segment("west.1", [entry("s 3", { acceptedAt: 500 })]));
        await before.write("orders", [
          settlement("s 1", "faulted"),
          deliveredAtA("s 2", 100),
          switchFromA(50),
          { kind: "cursor", source: "hub", value: "9", epoch: 1 },
        ]);
        const { ledger, ...told } = picture();
        await again();
        expect(store().journal.incarnation).toBe(0);
        expect(picture()).toEqual({ ...told, ledger });
        store().journal.begin(1);
        const after = ask(store().journal);
        expect(identitiesOf(await after.open("orders"))).toEqual(["s 2", "s 3"]);
        expect(await after.troubledKeys("orders")).toEqual(["k"]);
        expect(await after.accept("orders", entry("s 4"))).toMatchObject({ journal: "east.1", position: 7 });
        expect(await after.accept("orders", entry("s 3"))).toMatchObject({ kind: "known", journal: "west.1" });
      });
    }

    it("keeps every accept it answered when it is killed amid many", async () => {
      const answered: string[] = [];
      await new Promise<void>((enough) => {
        for (let at = 0; at < 3_000; at += 1) {
          store().journal.accept("orders", entry(`s ${at}`), (result) => {
            if (result.kind === "accepted") answered.push(`s ${at}`);
            if (answered.length === 500) enough();
          });
        }
      });
      const known = [...answered];
      await store().crash();
      const kept = new Set(identitiesOf(await ask(store().journal).open("orders", { limit: 5_000 })));
      expect(known.filter((identity) => !kept.has(identity))).toEqual([]);
    });

    const picture = () => {
      const { journal } = store();
      return {
        connectors: journal.connectors(),
        vector: journal.vector("orders"),
        switches: journal.switches("orders"),
        cursor: { ...journal.cursor("orders", "hub") },
        ledger: { ...journal.ledger("orders") },
        highestIncarnation: journal.highestIncarnation,
      };
    };
  });

  describe("a full disk", () => {
    it("refuses as full, keeps what it answered, and goes on when there is room", async () => {
      const large = "x".repeat(4_000);
      const { accept, open } = ask(store().journal);
      await accept("orders", entry("s kept"));
      await store().setFull(true);
      let refused = await accept("orders", entry("s 0", { payload: large }));
      for (let at = 1; at < 500 && refused.kind === "accepted"; at += 1) {
        refused = await accept("orders", entry(`s ${at}`, { payload: large }));
      }
      expect(refused).toMatchObject({ kind: "refused", reason: "full" });
      const { accepted } = store().journal.ledger("orders");
      const { "east.1": position = 0 } = store().journal.vector("orders");
      expect(await open("orders")).toHaveLength(accepted);
      await store().setFull(false);
      const again = await accept("orders", entry("s again", { payload: large }));
      expect(again).toMatchObject({ kind: "accepted", position: position + 1 });
      expect(store().journal.ledger("orders").accepted).toBe(accepted + 1);
    });
  });

  describe("pruning", () => {
    const settleAll = async () => {
      const { accept, write } = ask(store().journal);
      for (const at of [1, 2, 3]) await accept("orders", entry(`s ${at}`));
      await write("orders", [
        settlement("s 1", "delivered", { time: 100 }),
        settlement("s 2", "faulted", { time: 200 }),
        settlement("s 2", "discarded", { time: 250 }),
      ]);
    };

    it("finds how far everything was settled before a time", async () => {
      await settleAll();
      const { prunable } = ask(store().journal);
      expect(await prunable("orders", "east.1", 100)).toBe(0);
      expect(await prunable("orders", "east.1", 101)).toBe(1);
      expect(await prunable("orders", "east.1", 9_999)).toBe(2);
      await ask(store().journal).write("orders", [settlement("s 3", "ignored", { time: 300 })]);
      expect(await prunable("orders", "east.1", 9_999)).toBe(7);
    });

    it.each(["faulted", "unknown"] as const)(
      "goes no further than an entry that is %s: it waits for a person",
      async (outcome) => {
        await settleAll();
        const { prunable, write } = ask(store().journal);
        await write("orders", [settlement("s 3", outcome, { time: 300 })]);
        expect(await prunable("orders", "east.1", 9_999)).toBe(2);
        await write("orders", [settlement("s 3", "discarded", { time: 400, person: "ann" })]);
        expect(await prunable("orders", "east.1", 9_999)).toBeGreaterThan(2);
      },
    );

    it("forgets what is at or below, and only that", async () => {
      await settleAll();
      const { write, accept, open, read, report } = ask(store().journal);
      const ledger = { ...store().journal.ledger("orders") };
      await write("orders", [{ kind: "pruned", journal: "east.1", position: 2 }]);
      expect(store().journal.pruned("orders")).toEqual({ "east.1": 2 });
      await vi.waitFor(async () => {
        expect(await report("orders", "s 1")).toBeNull();
        expect(await report("orders", "s 2")).toBeNull();
      });
      expect({ ...store().journal.ledger("orders") }).toEqual(ledger);
      expect(identitiesOf(await open("orders"))).toEqual(["s 3"]);
      const { records, to } = await read("orders", "east.1");
      expect(to).toBe(7);
      expect(records.map(({ position }) => position)).toEqual(expect.arrayContaining([3, 7]));
      expect(records.map(({ position }) => position)).not.toContain(1);
      expect(await accept("orders", entry("s 1"))).toMatchObject({ kind: "accepted", position: 8 });
    });

    it("keeps a settlement while another journal's entry of the identity stands", async () => {
      const { accept, apply, write, open, report } = ask(store().journal);
      await accept("orders", entry("s 1"));
      await apply(segment("west.1", [entry("s 1"), entry("s 2")]));
      await write("orders", [
        settlement("s 1", "delivered"),
        settlement("s 2", "delivered"),
        { kind: "pruned", journal: "east.1", position: 1 },
      ]);
      await write("orders", [{ kind: "pruned", journal: "west.1", position: 0 }]);
      expect(await open("orders")).toEqual([]);
      expect((await report("orders", "s 1"))?.outcome).toBe("delivered");
      await write("orders", [{ kind: "pruned", journal: "west.1", position: 1 }]);
      await vi.waitFor(async () => expect(await report("orders", "s 1")).toBeNull());
      expect((await report("orders", "s 2"))?.outcome).toBe("delivered");
    });

    it("lets a new copy be made of what is left", async () => {
      await settleAll();
      const { write, read, report, drop, apply, open } = ask(store().journal);
      await write("orders", [resubmit("s 3", 1), { kind: "pruned", journal: "east.1", position: 2 }]);
      await vi.waitFor(async () => expect(await report("orders", "s 2")).toBeNull());
      const left = await read("orders", "east.1");
      await drop("orders");
      store().journal.begin(2);
      expect(await apply(left)).toEqual({ kind: "applied" });
      expect(store().journal.vector("orders")).toMatchObject({ "east.1": 8 });
      expect(store().journal.pruned("orders")).toEqual({ "east.1": 2 });
      expect(await open("orders")).toMatchObject([{ identity: "s 3", round: 1 }]);
    });
  });
};
