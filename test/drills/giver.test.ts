import { createServer, type Server } from "node:http";
import { text } from "node:stream/consumers";
import { verify } from "@octokit/webhooks-methods";
import { afterEach, describe, expect, test } from "vitest";
import { Giver } from "./giver.ts";
import type { Delivery } from "./payloads.ts";

const secret = "a secret";
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Seen {
  readonly id: string;
  readonly event: string;
  readonly proved: boolean;
}

/** A region that answers as told and remembers what it saw; null = it cuts the connection. */
async function region(answerTo: (count: number) => number | null, seen: Seen[] = []): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const header = (name: string): string => String(request.headers[name]);
    const proved = await verify(secret, body, header("x-hub-signature-256"));
    seen.push({ id: header("x-github-delivery"), event: header("x-github-event"), proved });
    const status = answerTo(seen.length);
    if (status === null) request.socket.destroy();
    else response.writeHead(status).end();
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return `http://127.0.0.1:${address !== null && typeof address === "object" ? address.port : 0}/github-pushes`;
}

const delivery = (id: string, key: string | null): Delivery => ({
  id,
  event: "push",
  key,
  body: `"${id}"`,
  billed: true,
});
const giverOf = (east: string, west: string, more = {}): Giver =>
  new Giver({ endpoints: { east, west }, secret, ratePerSecond: 1_000, pauseMs: 1, ...more });

describe("the giver", () => {
  test("signs what it gives and writes down who acknowledged", async () => {
    const seen: Seen[] = [];
    const giver = giverOf(await region(() => 202, seen), await region(() => 500));
    await giver.give([delivery("1", "a")]);
    expect(seen).toEqual([{ id: "1", event: "push", proved: true }]);
    expect(giver.records).toMatchObject([{ id: "1", acknowledgedBy: "east", attempts: [{ result: 202 }] }]);
  });

  test.each([
    ["an error", () => 503, 503],
    ["a cut connection", () => null, "UND_ERR_SOCKET"],
  ])("after %s it goes to the other region and stays there", async (_, answerTo, result) => {
    const seen: Seen[] = [];
    const giver = giverOf(await region(answerTo), await region(() => 202, seen));
    await giver.give([delivery("1", "a"), delivery("2", "a"), delivery("3", "a")]);
    expect(seen.map(({ id }) => id)).toEqual(["1", "2", "3"]);
    expect(giver.records[0]?.attempts).toMatchObject([
      { region: "east", result },
      { region: "west", result: 202 },
    ]);
    expect(giver.records[1]?.attempts).toHaveLength(1);
  });

  test("waits for each acknowledgement before the next of the same key", async () => {
    const seen: Seen[] = [];
    const flaky = await region((count) => (count % 3 === 0 ? 202 : 500), seen);
    const giver = giverOf(flaky, flaky);
    await giver.give([delivery("1", "a"), delivery("2", "a")]);
    await giver.give([delivery("3", "a")]);
    expect(seen.map(({ id }) => id).join("")).toBe("111222333");
  });

  test("what nobody acknowledges in time is given up and counts as given", async () => {
    const giver = giverOf(await region(() => 500), await region(() => 500), { giveUpAfterMs: 50 });
    await giver.give([delivery("1", null)]);
    expect(giver.records).toMatchObject([{ id: "1", acknowledgedBy: null, acknowledgedAt: null }]);
  });
});
