// What a bad giver gets: one region, and an office that calls it.
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, call, type Gateway, World } from "../../src/hosts/node/test-support/world.ts";
import { definition, listed, metric, officeSecret, patience, signed, variant } from "./office.ts";

const minute = 60_000;

describe("a region that is called", () => {
  let world: World;
  let east: Gateway;
  beforeAll(async () => {
    world = await World.make(["east"]);
    await world.start();
    east = world.gateway("east");
    await deploy();
  });
  afterAll(() => world.end());

  const deploy = async (fields = "{}"): Promise<void> => {
    const secrets = { office: [officeSecret] };
    const answer = await east.deploy("reports-in", definition("reports-in"), { secrets }, variant(fields));
    expect(answer, east.log).toMatchObject({ status: 200 });
  };
  const post = (init: RequestInit): Promise<Answer> => call(`${east.publicUrl}/reports-in`, "POST", init);
  const give = (body: object): Promise<Answer> => post(signed(JSON.stringify(body), Date.now()));
  const counts = () => east.counts("reports-in");

  test("a message without an identity is answered 400 that names the field, and nothing is stored", async () => {
    const before = await counts();
    const answer = await give({ text: "no number" });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining("/number") } });
    expect(await counts()).toEqual(before);
  });

  test("no proof, a wrong one, and an expired or early time are answered alike, counted, and nothing is stored", async () => {
    const [before, refused] = [await counts(), await metric(east, "isthmus_refused_total", "reports-in")];
    const body = JSON.stringify({ number: "r-1", text: "forged" });
    const now = Date.now();
    const unproved: readonly RequestInit[] = [
      { body },
      signed(body, now, "another secret"),
      { ...signed(body, now), body: body.replace("forged", "edited") },
      signed(body, now - 2 * minute),
      signed(body, now + 2 * minute),
    ];
    for (const init of unproved) {
      expect(await post(init)).toMatchObject({ status: 401, body: { error: "not verified" } });
    }
    expect(await counts()).toEqual(before);
    expect(await metric(east, "isthmus_refused_total", "reports-in")).toBe(refused + unproved.length);
  });

  test("a recorded message is answered as the first was, and outside of its window 401", async () => {
    const recorded = signed(JSON.stringify({ number: "r-2", text: "recorded" }), Date.now() - minute + 3_000);
    expect((await post(recorded)).status).toBe(202);
    const stored = await counts();
    await expect.poll(async () => (await post(recorded)).status, patience).toBe(401);
    expect(await counts()).toMatchObject({ accepted: stored.accepted, conflicts: 0 });
  });

  test.each([
    ["says so", "content-length: 10000000\r\n\r\n"],
    ["does not say so", `transfer-encoding: chunked\r\n\r\n3000\r\n${"x".repeat(0x3000)}\r\n`],
  ])("a body over the limit is answered 413 before it is sent whole, where its giver %s", async (_how, rest) => {
    const before = await counts();
    const { hostname, port } = new URL(east.publicUrl);
    const socket = connect(Number(port), hostname);
    let answer = "";
    socket.on("data", (chunk) => (answer += chunk));
    socket.write(`POST /reports-in HTTP/1.1\r\nhost: ${hostname}\r\n${rest}`);
    await expect.poll(() => answer, patience).toMatch(/^HTTP\/1.1 413 /);
    socket.destroy();
    expect(await counts()).toEqual(before);
  });

  test("a message that is not as its schema says is accepted, and a fault that names the field and has the message", async () => {
    expect((await give({ number: "r-3", text: 3 })).status).toBe(202);
    const faults = () => listed(east, "reports-in");
    await expect.poll(faults, patience).toMatchObject([{ id: "r-3", reason: expect.stringContaining("text") }]);
    expect(JSON.stringify((await faults())[0]?.payload)).toMatch(/number.*r-3.*text.*3/);
  });

  test("a message that is not as its schema says is answered 400 that names the field where the connector says reject", async () => {
    await deploy('{ onInvalid: "reject" }');
    const before = await counts();
    const answer = await give({ number: "r-4", text: 4 });
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringContaining("text") } });
    expect(await counts()).toEqual(before);
  });

  test("of two contents under one identity the first stays, and the other is listed as a conflict", async () => {
    expect((await give({ number: "r-5", text: "first" })).status).toBe(202);
    expect((await give({ number: "r-5", text: "second" })).status).toBe(202);
    await expect.poll(() => listed(east, "reports-in", "conflict"), patience).toMatchObject([{ id: "r-5" }]);
    const { body } = await east.admin("GET", "/admin/where/r-5");
    expect(JSON.stringify(body)).toContain("first");
    expect((await give({ text: "first", number: "r-5" })).status).toBe(202);
    expect((await counts()).conflicts).toBe(1);
  });

  test("the other content under a known identity is answered 409 where the connector says reject", async () => {
    await deploy('{ onConflict: "reject" }');
    expect((await give({ number: "r-6", text: "first" })).status).toBe(202);
    expect((await give({ number: "r-6", text: "first" })).status).toBe(202);
    expect((await give({ number: "r-6", text: "second" })).status).toBe(409);
    await expect
      .poll(() => listed(east, "reports-in", "conflict"), patience)
      .toEqual(expect.arrayContaining([expect.objectContaining({ id: "r-6" })]));
  });
});
