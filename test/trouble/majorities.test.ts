// Voters that are lost, in all four roles; and one identity given to both regions at once.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { patience, statusOf } from "./office.ts";
import { Pair, Reader } from "./pair.ts";

const numbered = (name: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, at) => `${name}-${String(at).padStart(2, "0")}`);

describe("two regions and a witness", () => {
  let pair: Pair;
  const reader = new Reader();
  /** Everything that has to have reached the warehouse and the reader. */
  const expected: string[] = [];
  beforeAll(async () => {
    pair = await Pair.make();
  });
  afterAll(() => pair.end());

  const allArrived = async (): Promise<void> => {
    await expect.poll(() => [...new Set(pair.taken)], patience).toEqual([...expected].sort());
    const ids = async () => {
      await reader.read(pair.west);
      return [...reader.ids].sort();
    };
    await expect.poll(ids, patience).toEqual([...expected].sort());
  };

  test("one identity given to both in the same millisecond is one event: each answers 2xx, and it has one effect", async () => {
    await pair.acts();
    const orders = numbered("same", 20);
    await pair.place(pair.east, "first");
    await pair.place(pair.west, "first");
    const given = orders.flatMap((order) => [pair.east.give(order, { order }), pair.west.give(order, { order })]);
    for (const { status } of await Promise.all(given)) expect(status).toBe(202);
    expected.push("first", ...orders);
    await allArrived();
    for (const order of orders) {
      const sent = pair.world.warehouse.taken.filter(({ body }) => body.order === order);
      expect(sent.length).toBeLessThanOrEqual(2);
      expect(new Set(sent.map(({ id }) => id)).size).toBe(1);
    }
    for (const gateway of [pair.east, pair.west]) {
      const settled = { accepted: 21, delivered: 21, pending: 0, conflicts: 0 };
      await expect.poll(() => gateway.counts("orders-in"), patience).toMatchObject(settled);
    }
  });

  test("without the witness both go on, longer than their leases last, and nobody takes over", async () => {
    const epochs = async () => (await statusOf(pair.east)).duties.map(({ epoch }) => epoch);
    const before = await epochs();
    await pair.witness.end("SIGKILL");
    const until = performance.now() + 4_000;
    for (let at = 0; performance.now() < until; at += 1) {
      const [order, polled] = [`w-${at}`, `w-${at}-polled`];
      await pair.place(at % 2 === 0 ? pair.east : pair.west, order);
      pair.market.place(polled);
      expected.push(order, polled);
      await expect.poll(() => pair.taken, patience).toEqual(expect.arrayContaining([order, polled]));
    }
    await allArrived();
    expect(await epochs()).toEqual(before);
    const taken = pair.taken.filter((order) => order.startsWith("w-"));
    expect(taken).toHaveLength(new Set(taken).size);
  });

  test("without the witness and a region nobody acts: what is given is held, what is read is served, nothing is sent or polled", async () => {
    await pair.east.end("SIGKILL");
    await expect.poll(() => pair.holders(pair.west), patience).toEqual({ east: null, west: null });
    const reads = pair.market.reads.length;
    const taken = pair.taken;
    const orders = numbered("held", 5);
    await pair.place(pair.west, ...orders);
    await pair.publish(pair.west, "held-published");
    pair.market.place("held-polled");
    await expect.poll(() => pair.west.counts("orders-in"), patience).toMatchObject({ pending: 5 });
    // What was just sent when the lease ended may be open as well.
    await expect.poll(async () => (await pair.west.counts("orders-out")).pending, patience).toBeGreaterThan(0);
    expect((await fetch(`${pair.west.publicUrl}/health/accept`)).status).toBe(200);
    expect((await fetch(`${pair.west.publicUrl}/health/act`)).status).toBe(503);
    await expect
      .poll(async () => {
        await reader.read(pair.west);
        return reader.ids;
      }, patience)
      .toContain("held-published");
    expect(pair.taken).toEqual(taken);
    expect(pair.market.reads.length).toBe(reads);
    expected.push(...orders, "held-published", "held-polled");
  });

  test("and when they return everything flows, once", async () => {
    expect(await pair.witness.start(), pair.witness.log).toBeNull();
    expect(await pair.east.start(), pair.east.log).toBeNull();
    await allArrived();
    await pair.acts();
    const held = pair.taken.filter((order) => order.startsWith("held"));
    expect(held).toHaveLength(7);
    await pair.place(pair.east, "after");
    expected.push("after");
    await allArrived();
  });
});
