// What DynamoDB does to who trusts it: items that overtake each other, commits that come late, ends between two writes.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MemoryGlobalTable } from "../../aws/dynamo/memory-global-table.ts";
import type { Way } from "../../aws/dynamo/memory-table.ts";
import type { Table } from "../../aws/dynamo/table.ts";
import type { Clock, PositionedRecord, WriteResult } from "../../core/ports.ts";
import { entry, settlement } from "../contract/harness.ts";
import { putEntry } from "./entries.ts";
import { DynamoJournal } from "./journal.ts";

const regions = ["east", "west"];
const still: Clock = { wallMs: () => 1_000, monotonicMs: () => 1_000, after: () => ({ cancel: () => undefined }) };

/** Things that happen when the test says so, in the order it says. */
class Pending {
  readonly #runs: (() => void)[] = [];

  readonly add = (run: () => void): void => {
    this.#runs.push(run);
  };

  get size(): number {
    return this.#runs.length;
  }

  /** @param at any number: it chooses one of those that wait */
  runOne(at: number): void {
    const [run] = this.#runs.splice(at % Math.max(1, this.#runs.length), 1);
    run?.();
  }

  runAll(choices: readonly number[] = [0]): void {
    for (let turn = 0; this.#runs.length > 0; turn += 1) this.runOne(choices[turn % choices.length] ?? 0);
  }
}

const journalOver = (region: string, table: Table): DynamoJournal => {
  const options = { region, regions, clock: still, random: Math.random, table: () => table };
  const journal = new DynamoJournal(options);
  journal.begin(1);
  return journal;
};

const opened = (region: string, table: Table): DynamoJournal => {
  const journal = journalOver(region, table);
  journal.load("orders", () => undefined);
  return journal;
};

/** As an accept function does, which has no index and no journal. */
const put = (region: string, table: Table, identity: string): void =>
  putEntry({ region, regions, table, replicas: null, clock: still }, entry(identity), () => undefined);

const recordsOf = (journal: DynamoJournal): readonly PositionedRecord[] => {
  let records: readonly PositionedRecord[] = [];
  journal.read("orders", "east.1", 0, 10_000, (segment) => {
    records = segment.records;
  });
  return records;
};

const identitiesOf = (journal: DynamoJournal): readonly string[] =>
  recordsOf(journal).flatMap(({ record }) => (record.kind === "entry" ? [record.identity] : []));

const sequence = (journal: DynamoJournal): void => journal.store("orders").inbox.sequence(() => undefined);

describe("a reader in another region", () => {
  const step = fc.constantFrom("accept", "put", "sequence", "settle", "arrive", "arrive", "arrive", "read");
  const steps = fc.array(fc.tuple(step, fc.nat(1_000)), { minLength: 10, maxLength: 80 });

  it("takes pages whole and in order, however items overtake each other, and in the end all of them", () => {
    const check = (told: readonly (readonly [string, number])[]): void => {
      const carried = new Pending();
      const tables = new MemoryGlobalTable(
        regions,
        () => 0,
        (_from, _to, run) => carried.add(run),
      );
      const east = opened("east", tables.table("east"));
      const west = opened("west", tables.table("west"));
      const look = (): void => {
        west.store("orders").readOf("east", () => undefined);
        expect(recordsOf(west)).toEqual(recordsOf(east).slice(0, recordsOf(west).length));
      };
      for (const [at, [what, choice]] of told.entries()) {
        if (what === "accept") east.accept("orders", entry(`s ${at}`), () => undefined);
        if (what === "put") put("east", tables.table("east"), `s ${at}`);
        if (what === "sequence") sequence(east);
        if (what === "settle") east.write("orders", [settlement(`s ${choice % 80}`, "delivered")], () => undefined);
        if (what === "arrive") carried.runOne(choice);
        if (what === "read") look();
      }
      sequence(east);
      carried.runAll(told.map(([, choice]) => choice));
      look();
      expect(recordsOf(west)).toEqual(recordsOf(east));
    };
    fc.assert(fc.property(steps, check), { numRuns: 300 });
  });

  it("does not skip what was put first and is committed last", () => {
    const tables = new MemoryGlobalTable(
      regions,
      () => 0,
      (_from, _to, run) => run(),
    );
    const slow = new Pending();
    put("east", tables.table("east", { go: slow.add, back: (run) => run() }), "s slow");
    put("east", tables.table("east"), "s quick");
    const east = opened("east", tables.table("east"));
    const west = opened("west", tables.table("west"));
    sequence(east);
    west.store("orders").readOf("east", () => undefined);
    expect(identitiesOf(west)).toEqual(["s quick"]);
    slow.runAll();
    sequence(east);
    west.store("orders").readOf("east", () => undefined);
    expect(identitiesOf(west)).toEqual(["s quick", "s slow"]);
  });

  it("does not wait for an entry that was pruned after it began to read", () => {
    const carried = new Pending();
    const tables = new MemoryGlobalTable(
      regions,
      () => 0,
      (_from, _to, run) => carried.add(run),
    );
    const east = opened("east", tables.table("east"));
    const west = opened("west", tables.table("west"));
    east.write("orders", [settlement("s 0", "delivered")], () => undefined);
    carried.runAll();
    west.store("orders").readOf("east", () => undefined);
    east.accept("orders", entry("s 1"), () => undefined);
    east.write("orders", [settlement("s 1", "delivered")], () => undefined);
    east.write("orders", [{ kind: "pruned", journal: "east.1", position: 2 }], () => undefined);
    // Its removal overtakes it, so that it never comes.
    while (carried.size > 0) carried.runOne(carried.size - 1);
    west.store("orders").readOf("east", () => undefined);
    expect(west.vector("orders")).toEqual(east.vector("orders"));
  });

  it("waits with a page until every entry that it names is here", () => {
    const carried = new Pending();
    const tables = new MemoryGlobalTable(
      regions,
      () => 0,
      (_from, _to, run) => carried.add(run),
    );
    const east = opened("east", tables.table("east"));
    const west = opened("west", tables.table("west"));
    east.accept("orders", entry("s 1"), () => undefined);
    const look = (): void => west.store("orders").readOf("east", () => undefined);
    // Written were the entry, the beginning of the journal, the page, and the entry's number: the first and last are late.
    expect(carried.size).toBe(4);
    for (const late of [1, 1]) {
      carried.runOne(late);
      look();
      expect(west.vector("orders")).toEqual({});
    }
    carried.runAll();
    look();
    expect(identitiesOf(west)).toEqual(["s 1"]);
  });
});

describe("a process that ends between two writes", () => {
  /** The process is gone before its n-th write. */
  const endingAt = (count: number, table: Table): Table => {
    let left = count;
    const alive = (): boolean => {
      left -= 1;
      return left >= 0;
    };
    return {
      put: (...asked) => alive() && table.put(...asked),
      update: (...asked) => alive() && table.update(...asked),
      remove: (...asked) => alive() && table.remove(...asked),
      get: (...asked) => table.get(...asked),
      query: (...asked) => table.query(...asked),
      inbox: (...asked) => table.inbox(...asked),
    };
  };

  it.each([0, 1, 2, 3, 4, 5, 6])(
    "leaves each entry numbered once, and nothing in the inbox: after %i writes",
    (count) => {
      const tables = new MemoryGlobalTable(
        ["east"],
        () => 0,
        () => undefined,
      );
      for (const name of ["s 1", "s 2", "s 3"]) put("east", tables.table("east"), name);
      sequence(opened("east", endingAt(count, tables.table("east"))));
      const next = opened("east", tables.table("east"));
      sequence(next);
      expect([...identitiesOf(next)].sort()).toEqual(["s 1", "s 2", "s 3"]);
      expect(next.vector("orders")).toEqual({ "east.1": 3 });
      expect(tables.replica("east").inbox()).toEqual([]);
      expect([...identitiesOf(opened("east", tables.table("east")))].sort()).toEqual(["s 1", "s 2", "s 3"]);
    },
  );
});

describe("what is written together", () => {
  it("keeps its order, though the inbox is looked through before all of it stands", () => {
    const tables = new MemoryGlobalTable(
      ["east"],
      () => 0,
      () => undefined,
    );
    const slow = new Pending();
    const east = opened("east", tables.table("east", { go: slow.add, back: (run) => run() }));
    slow.runAll();
    east.write("orders", [entry("s 1"), entry("s 2")], () => undefined);
    // Both were looked for elsewhere, and the second is put first.
    for (const at of [0, 0, 1]) slow.runOne(at);
    sequence(east);
    while (slow.size > 1) slow.runOne(slow.size - 1);
    slow.runAll();
    expect(identitiesOf(east)).toEqual(["s 1", "s 2"]);
  });

  it("is told of after what stands before it and was not told of yet", () => {
    const tables = new MemoryGlobalTable(
      ["east"],
      () => 0,
      () => undefined,
    );
    const east = opened("east", tables.table("east"));
    put("east", tables.table("east"), "s 1");
    sequence(east);
    let written: WriteResult | null = null;
    const cursor = { kind: "cursor", source: "orders", value: "2", epoch: 1 } as const;
    east.write("orders", [entry("s 2"), cursor], (result) => {
      written = result;
    });
    // Who goes on from the position of the second would pass over the first.
    expect(written).toMatchObject({ kind: "written", positions: [null, 3] });
    const told = east.store("orders").told.takeFresh();
    expect(told.flatMap(({ records }) => records.map(({ position }) => position))).toEqual([1, 2]);
  });

  it("is nothing where it could not be written down, until it is given once more", () => {
    const tables = new MemoryGlobalTable(
      ["east"],
      () => 0,
      () => undefined,
    );
    const table = tables.table("east");
    let refuses = true;
    const noPages: Table = {
      put: (item, condition, done) => {
        if (!refuses || item.pk.includes("#e#")) return table.put(item, condition, done);
        done({ kind: "failed", reason: "refused", detail: "the account is at its limit" });
      },
      update: (...asked) => table.update(...asked),
      remove: (...asked) => table.remove(...asked),
      get: (...asked) => table.get(...asked),
      query: (...asked) => table.query(...asked),
      inbox: (...asked) => table.inbox(...asked),
    };
    const east = opened("east", noPages);
    east.write("orders", [entry("s 1")], () => undefined);
    refuses = false;
    sequence(east);
    expect(identitiesOf(east)).toEqual([]);
    put("east", noPages, "s 1");
    sequence(east);
    expect(identitiesOf(east)).toEqual(["s 1"]);
  });
});

describe("two processes of one region", () => {
  it("number each entry once, without a gap, whichever of them is first at each step", () => {
    const check = (choices: readonly number[]): void => {
      const tables = new MemoryGlobalTable(
        ["east"],
        () => 0,
        () => undefined,
      );
      const pending = new Pending();
      const way: Way = { go: pending.add, back: pending.add };
      const [first, second] = [
        journalOver("east", tables.table("east", way)),
        journalOver("east", tables.table("east", way)),
      ];
      for (const name of ["s 1", "s 2", "s 3"]) put("east", tables.table("east"), name);
      for (const journal of [first, second]) journal.load("orders", () => sequence(journal));
      first.accept("orders", entry("s 4"), () => undefined);
      second.accept("orders", entry("s 4"), () => undefined);
      second.accept("orders", entry("s 5"), () => undefined);
      pending.runAll(choices);
      const after = opened("east", tables.table("east"));
      sequence(after);
      expect([...identitiesOf(after)].sort()).toEqual(["s 1", "s 2", "s 3", "s 4", "s 5"]);
      expect(after.vector("orders")).toEqual({ "east.1": 5 });
    };
    fc.assert(fc.property(fc.array(fc.nat(50), { minLength: 1, maxLength: 60 }), check), { numRuns: 500 });
  });
});
