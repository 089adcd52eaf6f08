import { describe, expect, it, vi } from "vitest";
import type { OfferPage } from "../../core/ports.ts";
import type { JournalRecord, Vector } from "../../core/records.ts";
import { ask, entry, resubmit, segment, settlement } from "./harness.ts";
import type { StoreOfTest } from "./suite.ts";

const consumer = (name: string, vector: Vector): JournalRecord => ({ kind: "consumer", name, vector });
/** Each offer as `<identity> <journal>:<position>`, with what is told of it. */
const shown = ({ offers }: OfferPage): readonly string[] =>
  offers.map(({ identity, at, outcome, within }) =>
    [
      `${identity} ${at.journal}:${at.position}`,
      ...(outcome === null ? [] : [outcome]),
      ...(within ? ["within"] : []),
    ].join(" "),
  );

/** What readers of a feed need of a journal (protocol rule 27). */
export const reading = (store: StoreOfTest): void => {
  describe("consumers", () => {
    it("joins what each reader acknowledged, wherever and in whatever order it was written", async () => {
      const { write, apply } = ask(store().journal);
      await write("orders", [consumer("ann", { "east.1": 5, "west.1": 1 })]);
      await apply(segment("west.1", [consumer("ann", { "east.1": 2, "west.1": 9 }), consumer("bob", { "east.1": 1 })]));
      expect(store().journal.consumers("orders")).toEqual({
        ann: { "east.1": 5, "west.1": 9 },
        bob: { "east.1": 1 },
      });
      expect(store().journal.consumers("invoices")).toEqual({});
    });

    it.each(["reopen", "crash"] as const)("keeps them when the store is ended by %s", async (how) => {
      const { write, apply } = ask(store().journal);
      await write("orders", [consumer("ann", { "east.1": 5 })]);
      await apply(segment("west.1", [consumer("ann", { "west.1": 9 })]));
      await store()[how]();
      expect(store().journal.consumers("orders")).toEqual({ ann: { "east.1": 5, "west.1": 9 } });
    });

    it("gives them to a copy that is made of what pruning left", async () => {
      const { accept, write, read, report, drop, apply } = ask(store().journal);
      await accept("orders", entry("s 1"));
      await write("orders", [
        settlement("s 1", "delivered"),
        consumer("ann", { "east.1": 1 }),
        consumer("bob", { "east.1": 1 }),
        consumer("ann", { "east.1": 2 }),
      ]);
      await write("orders", [{ kind: "pruned", journal: "east.1", position: 5 }]);
      await vi.waitFor(async () => {
        expect(await report("orders", "s 1")).toBeNull();
        expect((await read("orders", "east.1")).records.map(({ position }) => position)).toEqual([4, 5, 6]);
      });
      const left = await read("orders", "east.1");
      await drop("orders");
      expect(store().journal.consumers("orders")).toEqual({});
      store().journal.begin(2);
      await apply(left);
      expect(store().journal.consumers("orders")).toEqual({ ann: { "east.1": 2 }, bob: { "east.1": 1 } });
    });
  });

  describe("offers", () => {
    it("are the entries above a vector, of every journal known", async () => {
      const { accept, apply, write, offers } = ask(store().journal);
      await accept("orders", entry("e 1", { key: "k", after: { "west.1": 4 } }));
      await write("orders", [consumer("ann", {})]);
      await accept("orders", entry("e 2"));
      await apply(segment("west.1", [entry("w 1"), entry("w 2")]));
      const page = await offers("orders");
      expect([...shown(page)].sort()).toEqual(["e 1 east.1:1", "e 2 east.1:3", "w 1 west.1:1", "w 2 west.1:2"]);
      expect(page).toMatchObject({ upTo: { "east.1": 3, "west.1": 2 }, more: false });
      expect(page.offers.find(({ identity }) => identity === "e 1")).toEqual({
        ...entry("e 1", { key: "k", after: { "west.1": 4 } }),
        journal: "east.1",
        position: 1,
        round: 0,
        at: { journal: "east.1", position: 1 },
        outcome: null,
        within: false,
      });
      expect(shown(await offers("orders", { "east.1": 1, "west.1": 2 }))).toEqual(["e 2 east.1:3"]);
      expect(shown(await offers("orders", { "east.1": 3, "west.1": 2 }))).toEqual([]);
    });

    it("go on where a page ended, a limit for each journal", async () => {
      const { accept, apply, offers } = ask(store().journal);
      for (const at of [1, 2, 3]) await accept("orders", entry(`e ${at}`));
      await apply(segment("west.1", [entry("w 1"), entry("w 2"), entry("w 3")]));
      const first = await offers("orders", {}, 2);
      expect(first).toMatchObject({ upTo: { "east.1": 2, "west.1": 2 }, more: true });
      const second = await offers("orders", first.upTo, 2);
      expect([...shown(second)].sort()).toEqual(["e 3 east.1:3", "w 3 west.1:3"]);
      expect(second).toMatchObject({ upTo: { "east.1": 3, "west.1": 3 }, more: false });
    });

    it("come all, however large they are and however much stands between them", async () => {
      const { write, offers } = ask(store().journal);
      const payload = "x".repeat(1_500_000);
      for (const at of [1, 2, 3, 4]) {
        const between = Array.from({ length: 800 }, (_, each) => settlement(`other ${at} ${each}`, "delivered"));
        await write("orders", [entry(`s ${at}`, { payload }), ...between]);
      }
      const found: string[] = [];
      let page = await offers("orders", {});
      for (found.push(...shown(page)); page.more; found.push(...shown(page))) page = await offers("orders", page.upTo);
      expect(found).toEqual([1, 2, 3, 4].map((at) => `s ${at} east.1:${(at - 1) * 801 + 1}`));
      expect(page.upTo).toEqual(store().journal.vector("orders"));
    });

    it("tell how the identity ended, which stays to be read again", async () => {
      const { accept, write, offers } = ask(store().journal);
      for (const at of [1, 2, 3]) await accept("orders", entry(`s ${at}`));
      await write("orders", [settlement("s 1", "delivered"), settlement("s 2", "faulted")]);
      expect(shown(await offers("orders"))).toEqual(["s 1 east.1:1 delivered", "s 2 east.1:2 faulted", "s 3 east.1:3"]);
    });

    it("tell of an identity in two journals whether one of its places is within the vector", async () => {
      const { accept, apply, offers } = ask(store().journal);
      await accept("orders", entry("s 1", { after: { "west.1": 0 } }));
      await apply(segment("west.1", [entry("s 1", { after: { "north.1": 4 } }), entry("s 2")]));
      const page = await offers("orders");
      expect([...shown(page)].sort()).toEqual(["s 1 east.1:1", "s 1 west.1:1", "s 2 west.1:2"]);
      for (const { at, journal, position, after } of page.offers.filter(({ identity }) => identity === "s 1")) {
        expect({ journal, position }).toEqual(at);
        expect(after).toEqual(journal === "east.1" ? { "west.1": 0 } : { "north.1": 4 });
      }
      expect(shown(await offers("orders", { "east.1": 1 }))).toEqual(["s 1 west.1:1 within", "s 2 west.1:2"]);
      expect(shown(await offers("orders", { "west.1": 1 }))).toContain("s 1 east.1:1 within");
    });

    it("tell it also where a settlement came before the entries", async () => {
      const { accept, apply, offers } = ask(store().journal);
      await apply(segment("north.1", [settlement("s 1", "faulted")]));
      await apply(segment("west.1", [entry("s 1")]));
      await accept("orders", entry("s 2"));
      expect([...shown(await offers("orders"))].sort()).toEqual(["s 1 west.1:1 faulted", "s 2 east.1:1"]);
    });

    it("stand at the last resubmission, and no longer at the entry", async () => {
      const { accept, write, apply, offers } = ask(store().journal);
      await accept("orders", entry("s 1", { payload: "p" }));
      await accept("orders", entry("s 2"));
      await write("orders", [settlement("s 1", "faulted"), resubmit("s 1", 1, { "east.1": 1 })]);
      const page = await offers("orders");
      expect(shown(page)).toEqual(["s 2 east.1:2", "s 1 east.1:4"]);
      expect(page.offers[1]).toMatchObject({ payload: "p", journal: "east.1", position: 1, round: 1 });
      expect(shown(await offers("orders", { "east.1": 2 }))).toEqual(["s 1 east.1:4"]);
      await apply(segment("west.1", [settlement("s 1", "faulted", { round: 1 }), resubmit("s 1", 2, { "east.1": 1 })]));
      expect(shown(await offers("orders", { "east.1": 2 }))).toEqual(["s 1 west.1:2"]);
    });

    it("do not pass a resubmission before its entry is here, but one whose entry was pruned", async () => {
      const { apply, offers } = ask(store().journal);
      await apply(segment("west.1", [entry("w 1"), resubmit("n 2", 1, { "north.1": 2 }), entry("w 3")]));
      const page = await offers("orders");
      expect(shown(page)).toEqual(["w 1 west.1:1"]);
      expect(page).toMatchObject({ upTo: { "west.1": 1 }, more: false });
      await apply(segment("north.1", [entry("n 1")]));
      expect(shown(await offers("orders", { "west.1": 1, "north.1": 1 }))).toEqual([]);
      await apply({ ...segment("north.1", [], 1), to: 5 });
      expect(shown(await offers("orders", { "west.1": 1, "north.1": 1 }))).toEqual(["w 3 west.1:3"]);
    });

    it("serve no hole: a segment that would leave one is not taken", async () => {
      const { apply, offers } = ask(store().journal);
      await apply(segment("west.1", [entry("w 1")]));
      await apply(segment("west.1", [entry("w 3")], 2));
      expect(await offers("orders")).toMatchObject({ offers: [{ identity: "w 1" }], upTo: { "west.1": 1 } });
    });

    it("leave out what was pruned, and keep what was asked of journals that are not here", async () => {
      const { accept, write, offers } = ask(store().journal);
      for (const at of [1, 2]) await accept("orders", entry(`s ${at}`));
      await write("orders", [settlement("s 1", "delivered"), { kind: "pruned", journal: "east.1", position: 1 }]);
      const page = await offers("orders", { "south.7": 3 });
      expect(shown(page)).toEqual(["s 2 east.1:2"]);
      expect(page.upTo).toEqual({ "east.1": 4, "south.7": 3 });
      expect(await offers("invoices", { "south.7": 3 })).toEqual({ offers: [], upTo: { "south.7": 3 }, more: false });
    });

    it("are the same when the store was opened again", async () => {
      const before = ask(store().journal);
      await before.accept("orders", entry("s 1"));
      await before.apply(segment("west.1", [entry("s 1"), entry("s 2"), settlement("s 2", "faulted")]));
      await before.write("orders", [resubmit("s 2", 1, { "west.1": 2 })]);
      const page = await before.offers("orders", { "east.1": 1 });
      await store().crash();
      expect(await ask(store().journal).offers("orders", { "east.1": 1 })).toEqual(page);
    });
  });

  it("counts the entries above a vector and says how old they are", async () => {
    const { accept, apply } = ask(store().journal);

    expect(store().journal.unread("orders", {})).toEqual({ entries: 0, oldestAt: null });
    await accept("orders", entry("e 1", { acceptedAt: 700 }));
    await accept("orders", entry("e 2", { acceptedAt: 800 }));
    await apply(segment("west.1", [entry("w 1", { acceptedAt: 750 }), settlement("w 1", "delivered")]));
    expect(store().journal.unread("orders", {})).toEqual({ entries: 3, oldestAt: 700 });
    expect(store().journal.unread("orders", { "east.1": 1 })).toEqual({ entries: 2, oldestAt: 750 });
    expect(store().journal.unread("orders", { "east.1": 2, "west.1": 1 })).toEqual({ entries: 0, oldestAt: null });
  });

  it("counts for nothing the many records that are no entries", async () => {
    const { write } = ask(store().journal);
    const between = Array.from({ length: 3_000 }, (_, at) => settlement(`other ${at}`, "delivered"));
    await write("orders", [entry("s 1"), ...between, entry("s 2", { acceptedAt: 2_000 })]);
    expect(store().journal.unread("orders", {})).toEqual({ entries: 2, oldestAt: 1_000 });
    expect(store().journal.unread("orders", { "east.1": 1 })).toEqual({ entries: 1, oldestAt: 2_000 });
    await write("orders", [settlement("s 2", "delivered")]);
    expect(store().journal.unread("orders", { "east.1": 3_002 })).toEqual({ entries: 0, oldestAt: null });
  });

  it("finds where each journal stood at a time", async () => {
    const { accept, apply, write, placesBefore } = ask(store().journal);
    for (const at of [1, 2, 3, 4, 5]) await accept("orders", entry(`s ${at}`, { acceptedAt: at * 100 }));
    await write("orders", [consumer("ann", {})]);
    await apply(segment("west.1", [entry("w 1", { acceptedAt: 350 })]));
    expect(await placesBefore("orders", 0)).toEqual({ "east.1": 0, "west.1": 0 });
    expect(await placesBefore("orders", 300)).toEqual({ "east.1": 2, "west.1": 0 });
    expect(await placesBefore("orders", 301)).toEqual({ "east.1": 3, "west.1": 0 });
    expect(await placesBefore("orders", 501)).toEqual({ "east.1": 6, "west.1": 1 });
  });

  it("gives open entries up to a vector alone", async () => {
    const { accept, apply, open } = ask(store().journal);
    for (const at of [1, 2, 3]) await accept("orders", entry(`e ${at}`));
    await apply(segment("west.1", [entry("w 1")]));
    const found = await open("orders", { above: { "east.1": 1 }, upTo: { "east.1": 2 } });
    expect(found).toMatchObject([{ identity: "e 2" }]);
  });
};
