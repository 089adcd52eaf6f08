// The clocks of two regions are minutes apart: as far as signatures of callers, and of calls to AWS, let them be.
import { afterEach, expect, test } from "vitest";
import { regionNames } from "../emulation/regions.ts";
import { Account } from "./account.ts";
import { Judge } from "./judge.ts";

const minutes = 60_000;
let account: Account | undefined;
afterEach(() => account?.close());

test.each([
  ["ahead of", 2 * minutes],
  ["behind", -2 * minutes],
] as const)(
  "a region whose clock is %s the other's is acted for when it stops, acts again, and nothing is lost or comes twice",
  async (_, skewMs) => {
    account = await Account.open({ durability: "replicated", skewMs: { "us-east-1": skewMs, "us-west-2": -skewMs } });
    const judge = new Judge(account);
    const east = account.functions("us-east-1");
    for (const region of regionNames) account.functions(region).run("keeper", "engine");
    for (const region of regionNames) await judge.give(region, 3);
    await judge.settled();
    // What it accepts from here on is open when it stops.
    await east.end("engine");
    const open = await judge.give("us-east-1", 3);
    await east.end("keeper");
    await judge.settled();
    expect(judge.taken.filter(({ id }) => open.includes(id)).map(({ region }) => region)).toEqual(
      open.map(() => "us-west-2"),
    );
    east.run("keeper", "engine");
    const isHome = async (): Promise<boolean> => {
      const [id] = await judge.give("us-east-1", 1);
      await judge.settled();
      return judge.taken.find((one) => one.id === id)?.region === "us-east-1";
    };
    await expect.poll(isHome, { timeout: 60_000 }).toBe(true);
    expect(judge.ids).toEqual([...judge.acknowledged].sort());
  },
  180_000,
);
