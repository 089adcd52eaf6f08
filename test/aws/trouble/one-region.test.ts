// The stack of one region stands, and that of the other does not yet. Judged by the giver and at the buses.
import { afterEach, expect, test } from "vitest";
import type { RegionName } from "../emulation/regions.ts";
import { Account, type Durability } from "./account.ts";
import { Judge } from "./judge.ts";

let account: Account | undefined;
afterEach(() => account?.close());

test.each<Durability>(["regional", "replicated"])(
  "a region alone accepts and hands on (%s), and the other takes its part once it is deployed",
  async (durability) => {
    const standing: RegionName[] = ["us-east-1"];
    account = await Account.open({ durability, deployed: standing });
    const judge = new Judge(account, () => standing);
    account.functions("us-east-1").run("keeper", "engine");
    await judge.give("us-east-1", 5);
    await judge.settled();
    await account.deploy("us-west-2");
    standing.push("us-west-2");
    account.functions("us-west-2").run("keeper", "engine");
    const [east, west] = [await judge.give("us-east-1", 5), await judge.give("us-west-2", 5)];
    await judge.settled();
    expect(judge.ids).toEqual([...judge.acknowledged].sort());
    const regionOf = (id: string) => judge.taken.find((one) => one.id === id)?.region;
    expect(east.map(regionOf)).toEqual(east.map(() => "us-east-1"));
    expect(west.at(-1) && regionOf(west.at(-1) ?? "")).toBe("us-west-2");
  },
  120_000,
);
