// Nothing is replicated between the regions for a while, and then again. What counts of ten minutes is that every lease and every
// time that somebody waits for the other region is over. Those are scaled: the lease is 3 s here, and it stops for ten of them.
import { afterAll, beforeAll, expect, test } from "vitest";
import { regionNames } from "../emulation/regions.ts";
import { shortLease } from "../lambda/keeping.ts";
import { Account } from "./account.ts";
import { Judge } from "./judge.ts";

const leases = 10;
let account: Account;
let judge: Judge;

beforeAll(async () => {
  account = await Account.open({ durability: "replicated" });
  judge = new Judge(account);
  for (const region of regionNames) account.functions(region).run("keeper", "engine");
}, 120_000);
afterAll(() => account?.close());

test("while nothing is replicated for ten leases each region hands on what it is given, and afterwards nothing comes twice", async () => {
  for (const region of regionNames) await judge.give(region, 3);
  await judge.settled();
  account.stopReplication();
  const until = performance.now() + leases * shortLease.ttlMs;
  while (performance.now() < until) {
    for (const region of regionNames) await judge.give(region, 1);
    await judge.settled();
  }
  account.resumeReplication();
  for (const region of regionNames) await judge.give(region, 3);
  await judge.settled();
  expect(judge.ids).toEqual([...judge.acknowledged].sort());
  for (const { id, region } of judge.taken) expect(id).toContain(region);
}, 240_000);
