// Which trouble of a site leads to the partner's other site: one region, and an office with two.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepts, answers, type SiteDouble, startSite } from "../../src/drivers/http/site/site-double.ts";
import { type Gateway, World } from "../../src/hosts/node/test-support/world.ts";
import { definition, inTurn, numbersAt, patience, publish, statusOf } from "./office.ts";

describe("a region that calls a partner with two sites", () => {
  let world: World;
  let east: Gateway;
  let north: SiteDouble;
  let south: SiteDouble;
  beforeAll(async () => {
    [north, south] = [await startSite(accepts), await startSite(accepts)];
    world = await World.make(["east"], [north.endpoint, south.endpoint]);
    await world.start();
    east = world.gateway("east");
  });
  afterAll(async () => {
    await world.end();
    await Promise.all([north.close(), south.close()]);
  });

  const deploy = async (token: string): Promise<void> => {
    const rest = { settings: { north: north.url, south: south.url }, secrets: { office: [token] } };
    expect(await east.deploy("reports-out", definition("reports-two-sites"), rest), east.log).toMatchObject({
      status: 200,
    });
  };
  const inUse = async () => (await statusOf(east)).connectors["reports-out"]?.sites;

  test("a site that does not take our credentials is not left, however long: the right ones are sent to it", async () => {
    north.behave((made, response) =>
      (made.headers.authorization === "Bearer token-1" ? answers(401) : accepts)(made, response),
    );
    await deploy("token-1");
    await publish(east, "r-1");
    // The third trial of an open breaker comes later than the site would be left.
    await expect.poll(() => numbersAt(north).length, patience).toBeGreaterThanOrEqual(8);
    expect(await inUse()).toEqual({ north: "north" });
    await deploy("token-2");
    await expect.poll(() => east.counts("reports-out"), patience).toMatchObject({ delivered: 1, pending: 0 });
    expect(numbersAt(south)).toEqual([]);
  });

  test("a site that fails is", async () => {
    north.behave(inTurn(answers(503)));
    await publish(east, "r-2");
    await expect.poll(() => numbersAt(south), patience).toContain("r-2");
    expect(await inUse()).toEqual({ north: "south" });
  });
});
