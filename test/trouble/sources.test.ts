// What a bad source gets: one region, and an office that it reads.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  accepts,
  answers,
  type Behaviour,
  hangs,
  type SiteDouble,
  startSite,
} from "../../src/drivers/http/site/site-double.ts";
import { type Gateway, World } from "../../src/hosts/node/test-support/world.ts";
import { definition, errorPage, json, listed, patience, statusOf } from "./office.ts";

const minute = 60_000;
const token = "token-1";

interface Report {
  readonly number: string;
  readonly text: unknown;
  readonly at: string;
}

describe("a region that reads", () => {
  let world: World;
  let east: Gateway;
  let office: SiteDouble;
  beforeAll(async () => {
    office = await startSite(accepts);
    world = await World.make(["east"], [office.endpoint]);
    await world.start();
    east = world.gateway("east");
  });
  afterAll(async () => {
    await world.end();
    await office.close();
  });

  let connectors = 0;
  let connector = "";
  /** What the office has; it gives what is not before the time that it is asked for, in the order of its own list. */
  let reports: Report[] = [];
  const reads: Behaviour = (made, response) => {
    const since = new URL(made.url, office.url).searchParams.get("since") ?? "";
    json(200, { reports: reports.filter(({ at }) => at >= since) })(made, response);
  };
  const place = (number: string, atMs: number, text: unknown = `report ${number}`): void =>
    void reports.push({ number, text, at: new Date(atMs).toISOString() });
  /** Probes are answered in any case. */
  const behave = (behaviour: Behaviour): void =>
    office.behave((made, response) => (made.method === "HEAD" ? accepts : behaviour)(made, response));

  /** A connector of the test's own, which has read nothing. */
  const deploy = async (behaviour: Behaviour = reads): Promise<void> => {
    connectors += 1;
    connector = `reports-${connectors}`;
    reports = [];
    behave(behaviour);
    await redeploy(token);
  };
  /** Deployed anew a connector tries at once what it waits for. */
  const redeploy = async (secret: string): Promise<void> => {
    const rest = { settings: { office: office.url }, secrets: { office: [secret] } };
    const answer = await east.deploy(connector, definition("reports-poll"), rest);
    expect(answer, east.log).toMatchObject({ status: 200 });
  };
  const counts = () => east.counts(connector);
  const poll = async () => (await statusOf(east)).connectors[connector]?.poll;
  const breaker = async () => (await statusOf(east)).sites["office/main"]?.breaker;
  const asked = (): readonly (string | null)[] =>
    office.calls
      .filter(({ method }) => method === "GET")
      .map(({ url }) => new URL(url, office.url).searchParams.get("since"));
  const remove = () => east.admin("DELETE", `/admin/connectors/${connector}?discard=true`);
  /** Reads until the breaker opens, however long the pauses between two reads would be. */
  const opensBreaker = () =>
    expect
      .poll(async () => {
        await redeploy(token);
        return breaker();
      }, patience)
      .toBe("open");

  test("an item that is not as its schema says is a fault that names the field and has the item, and the others go on", async () => {
    await deploy();
    place("s-1", Date.now(), 7);
    place("s-2", Date.now());
    await expect.poll(counts, patience).toMatchObject({ accepted: 2, delivered: 1, faulted: 1, pending: 0 });
    const [fault] = await listed(east, connector);
    expect(fault).toMatchObject({ reason: expect.stringContaining("text") });
    expect(JSON.stringify(fault?.payload)).toMatch(/s-1.*7/);
    await remove();
  });

  test("of two contents under one identity the first stays, and the other is listed as a conflict", async () => {
    await deploy();
    place("d-1", Date.now(), "first");
    await expect.poll(counts, patience).toMatchObject({ delivered: 1 });
    place("d-1", Date.now(), "second");
    await expect.poll(() => listed(east, connector, "conflict"), patience).toMatchObject([{ id: "d-1" }]);
    expect(await counts()).toMatchObject({ accepted: 1, delivered: 1 });
    expect(JSON.stringify((await east.admin("GET", "/admin/where/d-1")).body)).toContain("first");
    await remove();
  });

  test.each([429, 503])(
    "after a %i with Retry-After it is not asked for so long, and its breaker stays closed",
    async (status) => {
      const times: number[] = [];
      await deploy((made, response) => {
        times.push(performance.now());
        (times.length === 1 ? answers(status, { "retry-after": "1" }) : reads)(made, response);
      });
      place("w-1", Date.now());
      await expect.poll(counts, patience).toMatchObject({ delivered: 1 });
      const [first = 0, second = 0] = times;
      expect(second - first).toBeGreaterThanOrEqual(990);
      expect(await breaker()).toBe("closed");
      await remove();
    },
  );

  test.each<[string, Behaviour, RegExp]>([
    ["a 200 with an error page", errorPage, /JSON/],
    ["a page of more bytes than may be", json(200, { reports: [{ text: "x".repeat(10_000_000) }] }), /longer than/],
  ])(
    "to %s for everything it holds: its cursor stays, its breaker opens, and nothing is missed or repeated when it heals",
    async (_what, behaviour, why) => {
      await deploy();
      place("e-1", Date.now());
      await expect.poll(counts, patience).toMatchObject({ delivered: 1 });
      await expect.poll(async () => (await poll())?.state, patience).toBe("waiting");
      behave(behaviour);
      const before = asked().length;
      await opensBreaker();
      await expect.poll(poll, patience).toMatchObject({ state: "held", why: expect.stringMatching(why) });
      const since = [...new Set(asked().slice(-3))];
      place("e-2", Date.now());
      behave(reads);
      await redeploy(token);
      await expect.poll(counts, patience).toMatchObject({ accepted: 2, delivered: 2, conflicts: 0 });
      expect(since).toHaveLength(1);
      expect(asked()[before]).toBe(since[0]);
      await remove();
    },
  );

  test("one that hangs is asked once more from the same cursor, and nothing is missed or repeated", async () => {
    await deploy();
    place("h-1", Date.now());
    await expect.poll(counts, patience).toMatchObject({ delivered: 1 });
    behave(hangs);
    const before = asked().length;
    await expect.poll(async () => (await poll())?.state, patience).toBe("held");
    place("h-2", Date.now());
    behave(reads);
    await expect.poll(counts, patience).toMatchObject({ accepted: 2, delivered: 2, conflicts: 0 });
    const [unanswered, next] = asked().slice(before);
    expect(next).toBe(unanswered);
    await remove();
  });

  test("credentials that are not taken hold the reading, open the breaker, and are read anew once they are rotated", async () => {
    await deploy((made, response) =>
      (made.headers.authorization === "Bearer token-2" ? reads : answers(401))(made, response),
    );
    place("c-1", Date.now());
    await opensBreaker();
    expect(await poll()).toMatchObject({ state: "held", why: expect.stringContaining("401") });
    expect((await statusOf(east)).sites["office/main"]).toMatchObject({ failingForMs: null });
    await redeploy("token-2");
    await expect.poll(counts, patience).toMatchObject({ accepted: 1, delivered: 1 });
    await remove();
  });

  test.each<[string, number]>([
    ["runs an hour behind", -60 * minute],
    ["runs an hour ahead", 60 * minute],
  ])("one whose clock %s is read to its end, each item once", async (_how, offsetMs) => {
    await deploy();
    const theirs = (): number => Date.now() + offsetMs;
    for (const number of ["k-1", "k-2", "k-3"]) {
      place(number, theirs());
      await expect.poll(counts, patience).toMatchObject({ delivered: reports.length, pending: 0 });
    }
    expect(await counts()).toMatchObject({ accepted: 3, conflicts: 0 });
    await remove();
  });

  test("one that numbers out of order, or sets its clock back, is read without a hole as far as the overlap reaches", async () => {
    await deploy();
    const now = Date.now();
    place("o-3", now);
    await expect.poll(counts, patience).toMatchObject({ delivered: 1 });
    place("o-1", now - 9 * minute);
    place("o-2", now - 5 * minute);
    await expect.poll(counts, patience).toMatchObject({ delivered: 3 });
    place("o-4", now - 2 * minute);
    await expect.poll(counts, patience).toMatchObject({ accepted: 4, delivered: 4, conflicts: 0, pending: 0 });
    await remove();
  });
});
