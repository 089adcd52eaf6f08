// What a bad taker gets: one region, and an office that is sent reports.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { accepts, answers, hangs, type SiteDouble, startSite } from "../../src/drivers/http/site/site-double.ts";
import { type Gateway, World } from "../../src/hosts/node/test-support/world.ts";
import {
  definition,
  errorPage,
  inTurn,
  json,
  listed,
  numbersAt,
  patience,
  publish,
  publishEvents,
  reportEvent,
  statusOf,
  variant,
} from "./office.ts";

const taken = json(200, {});

describe("a region that calls", () => {
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
  afterEach(async () => {
    office.behave(inTurn(taken));
    await east.admin("DELETE", `/admin/connectors/${connector}?discard=true`);
  });

  let connectors = 0;
  let connector = "";
  /** A connector of the test's own, so that it counts from nothing. */
  const deploy = async (fields = "{}"): Promise<void> => {
    connectors += 1;
    connector = `reports-${connectors}`;
    await redeploy(fields, "token-1");
  };
  const redeploy = async (fields: string, token: string): Promise<void> => {
    const rest = { settings: { office: office.url }, secrets: { office: [token] } };
    const answer = await east.deploy(connector, definition("reports-out"), rest, variant(fields));
    expect(answer, east.log).toMatchObject({ status: 200 });
  };
  const send = async (...numbers: readonly string[]): Promise<void> => {
    expect((await publish(east, ...numbers)).status).toBe(202);
  };
  const arrives = (number: string) => expect.poll(() => numbersAt(office), patience).toContain(number);
  const counts = () => east.counts(connector);
  const times = (number: string): number => numbersAt(office).filter((each) => each === number).length;
  const sameKey = (number: string, text: string): object => ({ ...reportEvent(number, text), partitionkey: "one key" });

  test.each([
    ["block-key", "f-1", ["f-1-first", "f-1-other"]],
    ["continue", "f-2", ["f-2-first", "f-2-second", "f-2-other"]],
  ])(
    "a 4xx is a fault of its event alone, and with onFault %s that is what becomes of its key",
    async (onFault, id, sent) => {
      office.behave(inTurn(answers(422), taken));
      await deploy(`{ onFault: "${onFault}" }`);
      await publishEvents(east, [sameKey(`${id}-first`, "refused"), sameKey(`${id}-second`, "next of its key")]);
      await expect.poll(() => listed(east, connector), patience).toMatchObject([{ id: `${id}-first`, reason: /422/ }]);
      await send(`${id}-other`);
      const ofTest = () => numbersAt(office).filter((number) => number.startsWith(id));
      await expect.poll(() => [...ofTest()].sort(), patience).toEqual([...sent].sort());
      await expect.poll(counts, patience).toMatchObject({ faulted: 1, pending: onFault === "continue" ? 0 : 1 });
      expect((await statusOf(east)).sites["office/main"]).toMatchObject({ breaker: "closed" });
    },
  );

  test("an event that is not as its schema says is a fault that names the field, and is not sent", async () => {
    await deploy();
    await publishEvents(east, [
      { ...reportEvent("s-1", ""), data: { number: "s-1", text: 7 } },
      reportEvent("s-2", ""),
    ]);
    await arrives("s-2");
    await expect.poll(() => listed(east, connector), patience).toMatchObject([{ id: "s-1", reason: /text/ }]);
    expect(numbersAt(office)).not.toContain("s-1");
  });

  test.each([429, 503])(
    "after a %i with Retry-After the whole site is left alone for so long, and its breaker stays closed",
    async (status) => {
      let askedAt = 0;
      let nextAt = 0;
      office.behave(
        inTurn(
          (made, response) => {
            askedAt = performance.now();
            answers(status, { "retry-after": "1" })(made, response);
          },
          (made, response) => {
            nextAt ||= performance.now();
            taken(made, response);
          },
        ),
      );
      await deploy();
      await send(`w-${status}-1`);
      await expect.poll(() => askedAt, patience).toBeGreaterThan(0);
      await send(`w-${status}-2`);
      await expect.poll(counts, patience).toMatchObject({ pending: 0, delivered: 2, faulted: 0 });
      expect(nextAt - askedAt).toBeGreaterThanOrEqual(990);
      expect((await statusOf(east)).sites["office/main"]).toMatchObject({ breaker: "closed" });
    },
  );

  test("a 200 with an error inside is what judge says: a fault, or once more", async () => {
    office.behave(inTurn(json(200, { error: "no such clerk" }), json(200, { error: "busy" }), taken));
    await deploy();
    await send("j-1");
    await expect.poll(() => listed(east, connector), patience).toMatchObject([{ id: "j-1", reason: /judged 'fault'/ }]);
    await send("j-2");
    await expect.poll(counts, patience).toMatchObject({ delivered: 1, faulted: 1, pending: 0 });
    expect([times("j-1"), times("j-2")]).toEqual([1, 2]);
  });

  test("a 200 with an error page to everything holds all, and nothing is lost when it heals", async () => {
    const numbers = Array.from({ length: 30 }, (_, at) => `e-${at}`);
    office.behave(inTurn(errorPage));
    await deploy();
    await send(...numbers);
    const site = async () => (await statusOf(east)).sites["office/main"];
    await expect.poll(site, patience).toMatchObject({ breaker: "open", reason: /judged 'retry'/ });
    expect(await counts()).toMatchObject({ pending: 30, delivered: 0, faulted: 0 });
    const before = office.calls.length;
    office.behave(inTurn(taken));
    await expect.poll(counts, patience).toMatchObject({ pending: 0, delivered: 30, faulted: 0 });
    const healed = office.calls.slice(before).filter(({ method }) => method === "POST");
    expect(new Set(healed.map(({ body }) => JSON.parse(body.toString()).number))).toEqual(new Set(numbers));
    expect(healed).toHaveLength(30);
  });

  test("who hangs is sent the same identity again with onUnknown resend", async () => {
    office.behave(inTurn(hangs, taken));
    await deploy('{ onUnknown: "resend" }');
    await send("h-1");
    await expect.poll(counts, patience).toMatchObject({ delivered: 1, pending: 0 });
    const keys = office.calls
      .filter(({ body }) => body.includes("h-1"))
      .map(({ headers }) => headers["idempotency-key"]);
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test.each([
    ["found", '{"here":true}', 1],
    ["not found", '{"here":false}', 2],
  ])("who hangs is asked with a lookup, and what is %s there is not guessed", async (_answer, here, sent) => {
    const number = `l-${sent}`;
    office.behave(
      inTurn(hangs, (made, response) =>
        made.method === "GET" ? json(200, JSON.parse(here))(made, response) : taken(made, response),
      ),
    );
    await deploy(`{ onUnknown: {
      after: "100ms",
      request: ({ id }) => ({ path: "/known/" + id }),
      found: ({ body }) => body.here,
    } }`);
    await send(number);
    await expect.poll(counts, patience).toMatchObject({ delivered: 1, pending: 0 });
    expect(office.calls.filter(({ url }) => url === `/known/${number}`)).toHaveLength(1);
    expect(times(number)).toBe(sent);
  });

  test("who hangs is left to a person with onUnknown hold, and sent nothing more of it until then", async () => {
    office.behave(inTurn(hangs, taken));
    await deploy('{ onUnknown: "hold" }');
    await send("p-1");
    const unknown = () => listed(east, connector, "unknown");
    await expect.poll(unknown, patience).toMatchObject([{ id: "p-1" }]);
    await send("p-2");
    await arrives("p-2");
    expect(times("p-1")).toBe(1);
    const [held] = await unknown();
    const decision = { connector, identities: [held?.identity], person: "ann", as: "resend" };
    expect((await east.admin("POST", "/admin/unknown/settle", decision)).status).toBe(200);
    await expect.poll(() => times("p-1"), patience).toBe(2);
  });

  test("credentials that are not taken hold everything, open the breaker, and are read anew once they are rotated", async () => {
    office.behave((made, response) =>
      (made.headers.authorization === "Bearer token-2" ? taken : answers(401))(made, response),
    );
    await deploy();
    await send("c-1", "c-2");
    const site = async () => (await statusOf(east)).sites["office/main"];
    await expect.poll(site, patience).toMatchObject({ breaker: "open", reason: /401/, failingForMs: null });
    expect(await counts()).toMatchObject({ pending: 2, faulted: 0 });
    await redeploy("{}", "token-2");
    await expect.poll(counts, patience).toMatchObject({ delivered: 2, pending: 0, faulted: 0 });
  });
});
