// Where a region does not call, whatever a name resolves to and wherever it is sent on. What resolves names is preloaded
// into its process: everything else is as it is deployed.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accepts, answers, type SiteDouble, startSite } from "../../src/drivers/http/site/site-double.ts";
import { type Gateway, World } from "../../src/hosts/node/test-support/world.ts";
import { definition, inTurn, json, listed, numbersAt, patience, publish, statusOf } from "./office.ts";

const token = { office: ["token-1"] };

describe("a region with a partner on the internet", () => {
  let world: World;
  let east: Gateway;
  let office: SiteDouble;
  /** On this machine too, but not an address that the environment lists. */
  let inside: SiteDouble;
  beforeAll(async () => {
    [office, inside] = [await startSite(accepts), await startSite(accepts)];
    world = await World.make(["east"], [office.endpoint]);
    east = world.gateway("east");
    resolvesTo("127.0.0.1");
    const preload = pathToFileURL(join(import.meta.dirname, "preload/names.ts"));
    east.flags = ["--import", `${preload}?file=${names()}`];
    await world.start();
  });
  afterAll(async () => {
    await world.end();
    await Promise.all([office.close(), inside.close()]);
  });

  const names = (): string => join(world.folder, "names");
  const resolvesTo = (...addresses: readonly string[]): void => writeFileSync(names(), addresses.join("\n"));
  /** The url of a site by its name. */
  const named = (site: SiteDouble): string => site.url.replace("127.0.0.1", "office.example");
  const deploy = async (url: string): Promise<void> => {
    const rest = { settings: { office: url }, secrets: token };
    expect(await east.deploy("reports-out", definition("reports-out"), rest), east.log).toMatchObject({ status: 200 });
  };
  let sent = 0;
  /** Sends a report that must not get anywhere. */
  const isRefused = async (): Promise<void> => {
    sent += 1;
    const number = `refused-${sent}`;
    await publish(east, number);
    await expect
      .poll(() => listed(east, "reports-out"), patience)
      .toEqual(
        expect.arrayContaining([expect.objectContaining({ id: number, reason: expect.stringMatching(/address/) })]),
      );
    expect(numbersAt(office)).not.toContain(number);
  };

  test("is refused at connect what its name resolves to from one call to the next", async () => {
    // Every call resolves anew: the office keeps no connection open.
    office.behave(json(200, {}, { connection: "close" }));
    await deploy(named(office));
    await publish(east, "public");
    await expect.poll(() => numbersAt(office), patience).toEqual(["public"]);
    for (const address of ["169.254.169.254", "10.0.0.8", "192.168.1.1", "fe80::1", "::ffff:127.0.0.2", "0.0.0.0"]) {
      resolvesTo(address);
      await isRefused();
    }
    resolvesTo("127.0.0.1", "169.254.169.254");
    await isRefused();
    resolvesTo("127.0.0.1");
    await publish(east, "public again");
    await expect.poll(() => numbersAt(office), patience).toEqual(["public", "public again"]);
  });

  test("loopback is called at listed ports only, by name and by address", async () => {
    for (const url of [named(inside), inside.url]) {
      await deploy(url);
      await isRefused();
    }
    expect(inside.connections()).toBe(0);
  });

  test.each(["send", "poll"] as const)(
    "a redirect is not followed, neither to what is inside nor anywhere: %s",
    async (role) => {
      const targets = ["http://169.254.169.254/latest", `${inside.url}/`, `${office.url}/elsewhere`];
      office.behave(inTurn(...targets.map((location) => answers(307, { location })), json(200, { reports: [] })));
      const before = office.calls.length;
      await deploy(office.url);
      const rest = { settings: { office: office.url }, secrets: token };
      if (role === "send") await publish(east, "redirected");
      else expect(await east.deploy("reports-poll", definition("reports-poll"), rest)).toMatchObject({ status: 200 });
      const paths = () =>
        office.calls
          .slice(before)
          .filter(({ method }) => method !== "HEAD")
          .map(({ url }) => url);
      await expect.poll(() => paths().length, patience).toBeGreaterThan(targets.length);
      expect(new Set(paths())).toEqual(new Set(["/reports"]));
      expect(inside.connections()).toBe(0);
    },
  );

  test("a source whose name resolves to a metadata service is not read, and the connector says why", async () => {
    resolvesTo("169.254.169.254");
    const rest = { settings: { office: named(office) }, secrets: token };
    expect(await east.deploy("reports-poll", definition("reports-poll"), rest)).toMatchObject({ status: 200 });
    const poll = async () => (await statusOf(east)).connectors["reports-poll"]?.poll;
    await expect
      .poll(poll, patience)
      .toMatchObject({ state: "refused", why: expect.stringContaining("169.254.169.254") });
  });
});
