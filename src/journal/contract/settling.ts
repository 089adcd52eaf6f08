import { describe, expect, it } from "vitest";
import type { JournalRecord, Outcome } from "../../core/records.ts";
import { outcomeNames } from "../../core/records.ts";
import { ask, deliveredAtA, entry, identitiesOf, resubmit, segment, settlement, switchFromA } from "./harness.ts";
import type { StoreOfTest } from "./suite.ts";

export const settling = (store: StoreOfTest): void => {
  const outcomeOf = async (identity: string): Promise<Outcome | null | undefined> =>
    (await ask(store().journal).report("orders", identity))?.outcome;

  describe("the join of settlements", () => {
    it("lets the first of the precedence rule, in whatever order they come", async () => {
      const { accept, write } = ask(store().journal);
      await accept("orders", entry("s up"));
      await accept("orders", entry("s down"));
      for (const outcome of outcomeNames) await write("orders", [settlement("s down", outcome)]);
      for (const outcome of outcomeNames.toReversed()) {
        await write("orders", [settlement("s up", outcome)]);
        expect(await outcomeOf("s up")).toBe(outcome);
      }
      expect(await outcomeOf("s down")).toBe("delivered");
      expect(store().journal.ledger("orders")).toMatchObject({ accepted: 2, pending: 0, byOutcome: { delivered: 2 } });
    });

    it("opens the next round when a person resubmits", async () => {
      const { accept, write, open, troubledKeys } = ask(store().journal);
      await accept("orders", entry("s 1", { key: "k" }));
      await write("orders", [settlement("s 1", "faulted")]);
      expect(await troubledKeys("orders")).toEqual(["k"]);
      await write("orders", [resubmit("s 1", 1)]);
      expect(await open("orders")).toMatchObject([{ identity: "s 1", round: 1 }]);
      expect(await troubledKeys("orders")).toEqual([]);
      await write("orders", [settlement("s 1", "unknown", { round: 1 })]);
      expect(await outcomeOf("s 1")).toBe("unknown");
      expect(store().journal.ledger("orders")).toMatchObject({ pending: 0, byOutcome: { faulted: 0, unknown: 1 } });
    });

    it("takes a settlement of a later round than any resubmission known", async () => {
      const { accept, write, apply, open } = ask(store().journal);
      await accept("orders", entry("s 1"));
      await write("orders", [settlement("s 1", "delivered", { round: 2 })]);
      await apply(segment("west.1", [resubmit("s 1", 1)]));
      expect(await open("orders")).toEqual([]);
      await apply(segment("west.1", [resubmit("s 1", 3)], 1));
      expect(await open("orders")).toMatchObject([{ identity: "s 1", round: 3 }]);
    });
  });

  describe("a switch", () => {
    const orders: readonly (readonly [string, readonly JournalRecord[]])[] = [
      ["after the deliveries", [deliveredAtA("s early", 99), deliveredAtA("s late", 100), switchFromA(100)]],
      ["before the deliveries", [switchFromA(100), deliveredAtA("s early", 99), deliveredAtA("s late", 100)]],
    ];
    for (const [when, records] of orders) {
      it(`that comes ${when} undoes those at the left site since then`, async () => {
        const { accept, write, open } = ask(store().journal);
        await accept("orders", entry("s early"));
        await accept("orders", entry("s late"));
        await write("orders", records);
        expect(identitiesOf(await open("orders"))).toEqual(["s late"]);
        expect(store().journal.ledger("orders")).toMatchObject({ pending: 1, byOutcome: { delivered: 1 } });
        expect(store().journal.switches("orders")).toEqual([{ ...switchFromA(100), journal: "east.1" }]);
      });
    }

    it("leaves other sites, other chains and deliveries of its own time alone", async () => {
      const { accept, write, open } = ask(store().journal);
      for (const name of ["s b", "s other", "s later", "s hub"]) await accept("orders", entry(name));
      await write("orders", [
        settlement("s b", "delivered", { site: "b", home: "a", time: 500 }),
        settlement("s other", "delivered", { site: "a", home: "b", time: 500 }),
        deliveredAtA("s later", 500, 2),
        settlement("s hub", "delivered", { time: 500 }),
        switchFromA(100),
      ]);
      expect(await open("orders")).toEqual([]);
    });

    it("of an earlier time that comes late opens more", async () => {
      const { accept, write, apply, open } = ask(store().journal);
      await accept("orders", entry("s 1"));
      await write("orders", [deliveredAtA("s 1", 100), switchFromA(200)]);
      expect(await open("orders")).toEqual([]);
      await apply(segment("west.1", [switchFromA(100)]));
      expect(identitiesOf(await open("orders"))).toEqual(["s 1"]);
      await write("orders", [settlement("s 1", "delivered", { site: "b", home: "a", siteSeq: 1, time: 300 })]);
      expect(await open("orders")).toEqual([]);
    });

    it("keeps another outcome of the same round in force", async () => {
      const { accept, write } = ask(store().journal);
      await accept("orders", entry("s 1"));
      await write("orders", [deliveredAtA("s 1", 100), settlement("s 1", "faulted"), switchFromA(50)]);
      expect(await outcomeOf("s 1")).toBe("faulted");
    });
  });

  describe("lists", () => {
    it("tells the ledger, which adds up", async () => {
      const { accept, write } = ask(store().journal);
      for (const [at, outcome] of outcomeNames.entries()) {
        await accept("orders", entry(`s ${at}`, { acceptedAt: 100 + at }));
        await write("orders", [settlement(`s ${at}`, outcome)]);
      }
      await accept("orders", entry("s open", { payload: "12345", acceptedAt: 300 }));
      await accept("orders", entry("s later", { payload: "123", acceptedAt: 400 }));
      await write("orders", [{ kind: "conflict", identity: "s open", payload: "x", time: 5 }]);
      expect({ ...store().journal.ledger("orders") }).toEqual({
        accepted: 9,
        pending: 2,
        byOutcome: { delivered: 1, superseded: 1, ignored: 1, expired: 1, discarded: 1, faulted: 1, unknown: 1 },
        conflicts: 1,
        pendingBytes: 8,
        oldestPendingAt: 300,
      });
      expect({ ...store().journal.ledger("never") }).toMatchObject({ accepted: 0, pending: 0, oldestPendingAt: null });
    });

    it("lists faults, unknowns and conflicts of one connector or all, since a time", async () => {
      const { accept, write, list } = ask(store().journal);
      for (const connector of ["orders", "invoices"]) {
        await accept(connector, entry("s 1"));
        await accept(connector, entry("s 2"));
        await write(connector, [
          settlement("s 1", "faulted", { time: 10, reason: "first" }),
          settlement("s 2", "faulted", { time: 20 }),
          { kind: "conflict", identity: "s 1", payload: "x", time: 30 },
        ]);
      }
      expect(await list({ what: "faulted", limit: 10 })).toHaveLength(4);
      expect(await list({ what: "faulted", limit: 3 })).toHaveLength(3);
      expect(await list({ what: "unknown", limit: 10 })).toEqual([]);
      const since = await list({ connector: "orders", what: "faulted", since: 15, limit: 10 });
      expect(since).toMatchObject([{ connector: "orders", identity: "s 2" }]);
      expect(await list({ connector: "orders", what: "conflict", limit: 10 })).toMatchObject([{ identity: "s 1" }]);
      expect(await list({ connector: "orders", what: "conflict", since: 31, limit: 10 })).toEqual([]);
    });

    it("reports all that is known of an identity", async () => {
      const { accept, apply, report } = ask(store().journal);
      await accept("orders", entry("s 1", { key: "k" }));
      const fault = settlement("s 1", "faulted", { reason: "no" });
      await apply(segment("west.1", [fault]));
      expect(await report("orders", "s 1")).toEqual({
        connector: "orders",
        identity: "s 1",
        round: 0,
        outcome: "faulted",
        entries: [{ journal: "east.1", position: 1, acceptedAt: 1_000, key: "k" }],
        settlements: [fault],
        resubmissions: [],
        payload: entry("s 1").payload,
      });
      expect(await report("orders", "s 2")).toBeNull();
    });

    it("knows the last delivery at a site", async () => {
      const { write, apply, lastDeliveredAt } = ask(store().journal);
      expect(await lastDeliveredAt("orders", "a")).toBeNull();
      await write("orders", [deliveredAtA("s 1", 300), deliveredAtA("s 2", 200)]);
      await apply(segment("west.1", [settlement("s 3", "faulted", { site: "a", home: "a", time: 900 })]));
      expect(await lastDeliveredAt("orders", "a")).toBe(300);
      expect(await lastDeliveredAt("orders", "b")).toBeNull();
    });
  });
};
