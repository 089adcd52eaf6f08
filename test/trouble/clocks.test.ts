// The wall clock of one region jumps, in all four roles. What tells its process the time is preloaded: everything else is
// as it is deployed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { World } from "../../src/hosts/node/test-support/world.ts";
import { patience, statusOf } from "./office.ts";
import { Pair, Reader } from "./pair.ts";

const hour = 3_600_000;
const offsetFile = (world: World): string => join(world.folder, "offset");

describe("two regions, one of them with a clock that jumps", () => {
  let pair: Pair;
  const reader = new Reader();
  const expected: string[] = [];
  beforeAll(async () => {
    pair = await Pair.make((world) => {
      jumpTo(world, 0);
      const preload = pathToFileURL(join(import.meta.dirname, "preload/clock.ts"));
      world.gateway("east").flags = ["--import", `${preload}?file=${offsetFile(world)}`];
    });
  });
  afterAll(() => pair.end());

  const jumpTo = (world: World, offsetMs: number): void => writeFileSync(offsetFile(world), String(offsetMs));
  /** Something of every kind at both regions, of which nothing depends on the time that a giver says. */
  let rounds = 0;
  const load = async (name: string): Promise<void> => {
    rounds += 1;
    const orders = ["east", "west", "polled"].map((where) => `${name}-${rounds}-${where}`);
    const [atEast = "", atWest = "", polled = ""] = orders;
    await pair.publish(pair.east, atEast);
    await pair.publish(pair.west, atWest);
    pair.market.place(polled);
    await reader.read(rounds % 2 === 0 ? pair.east : pair.west);
    expected.push(...orders);
  };
  const allArrived = async (): Promise<void> => {
    await expect.poll(() => [...new Set(pair.taken)], patience).toEqual([...expected].sort());
    const ids = async () => {
      await reader.read(pair.east);
      return [...reader.ids].sort();
    };
    await expect.poll(ids, patience).toEqual([...expected].sort());
  };
  /** How far east's clock is ahead of ours, in hours. */
  const ahead = async (): Promise<number> => {
    const { body } = await pair.east.admin("GET", "/admin/status");
    return Math.round(((body as { wallMs: number }).wallMs - Date.now()) / hour) + 0;
  };
  const epochs = async () => (await statusOf(pair.east)).duties.map(({ epoch }) => epoch);

  test("an hour ahead: its lease is over at once, it acts again under a new one, and nothing is lost", async () => {
    await pair.acts();
    for (let round = 0; round < 5; round += 1) await load("before");
    await allArrived();
    const before = await epochs();
    for (let round = 0; round < 20; round += 1) {
      if (round === 3) jumpTo(pair.world, hour);
      await load("ahead");
    }
    expect(await ahead()).toBe(1);
    await allArrived();
    await pair.acts();
    expect(await epochs()).not.toEqual(before);
    await load("later");
    await allArrived();
  });

  test("then it takes the time that givers sign for too old, and the other region serves them", async () => {
    expect((await pair.east.give("signed", { order: "signed" })).status).toBe(401);
    expect((await pair.west.give("signed", { order: "signed" })).status).toBe(202);
    expected.push("signed");
    await allArrived();
  });

  test.each([
    ["an hour back", 0],
    ["and another hour back", -hour],
  ])("%s: nothing changes hands, and nothing is lost or sent twice", async (_how, offsetMs) => {
    await pair.acts();
    const [before, twice] = [await epochs(), pair.taken.length - new Set(pair.taken).size];
    for (let round = 0; round < 20; round += 1) {
      if (round === 3) jumpTo(pair.world, offsetMs);
      await load("back");
    }
    expect(await ahead()).toBe(offsetMs / hour);
    await allArrived();
    expect(await epochs()).toEqual(before);
    expect(pair.taken.length - new Set(pair.taken).size).toBe(twice);
  });

  test("back by an hour while no majority answers: its lease ends all the same, and it sends nothing more", async () => {
    await pair.acts();
    await Promise.all([pair.west, pair.witness].map((gateway) => gateway.end("SIGKILL")));
    jumpTo(pair.world, -2 * hour);
    await expect.poll(() => pair.holders(pair.east), patience).toEqual({ east: null, west: null });
    const taken = pair.taken;
    await pair.publish(pair.east, "held");
    await expect.poll(() => pair.east.counts("orders-out"), patience).toMatchObject({ pending: 1 });
    expect(pair.taken).toEqual(taken);
  });
});
