import { createServer, type Server } from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Lookup } from "../../port.ts";
import { poolMaker } from "./pool.ts";

let server: Server;
let port = 0;
let connections = 0;

beforeAll(async () => {
  server = createServer((socket) => {
    connections += 1;
    socket.once("data", () => socket.end("HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address !== null && typeof address === "object") port = address.port;
});
afterAll(() => void server.close());

/** Answers with the next address each time, the last one for ever. */
const answering = (...answers: readonly (readonly string[])[]): Lookup & { asked: () => number } => {
  let asked = 0;
  const lookup: Lookup = (_hostname, done) => {
    const addresses = answers[Math.min(asked, answers.length - 1)] ?? [];
    asked += 1;
    done(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
  return Object.assign(lookup, { asked: () => asked });
};

const call = async (url: string, options: { lookup?: Lookup; loopback?: readonly string[] }): Promise<string> => {
  const { lookup, loopback = [] } = options;
  const pools = poolMaker("internet", { cidrs: [], loopback, ...(lookup === undefined ? {} : { lookup }) });
  const pool = pools(new URL(url), { connectTimeoutMs: 1_000 });
  try {
    const { statusCode } = await pool.request({ method: "GET", path: "/" });
    return String(statusCode);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : "?";
  } finally {
    await pool.destroy();
  }
};

describe("a call whose address is not allowed opens no connection", () => {
  const hosts: readonly (readonly [string, string])[] = [
    ["an address", "127.0.0.1"],
    ["a decimal address", "2130706433"],
    ["a hexadecimal address", "0x7f000001"],
    ["an octal address", "0177.0.0.1"],
    ["a short address", "127.1"],
    ["zero", "0"],
    ["a full-width address", "１２７.0.0.1"],
    ["IPv6 loopback", "[::1]"],
    ["a mapped address", "[::ffff:127.0.0.1]"],
    ["a mapped address in hex", "[::ffff:7f00:1]"],
    ["a name of this machine", "localhost"],
  ];
  it.each(hosts)("%s: %s", async (_name, host) => {
    const before = connections;
    expect(await call(`http://${host}:${port}/`, {})).toMatch(/^AddressRefused: address refused: /);
    expect(connections).toBe(before);
  });

  it("a name with one public and one private address is refused whole", async () => {
    const lookup = answering(["8.8.8.8", "127.0.0.1"]);
    expect(await call(`http://partner.example:${port}/`, { lookup })).toMatch(/127\.0\.0\.1 is not a public address/);
  });

  it("a name without an address fails as one that does not exist", async () => {
    expect(await call(`http://partner.example:${port}/`, { lookup: answering([]) })).toMatch(/has no address/);
  });
});

describe("a name whose DNS answer changes", () => {
  it("is judged at every connection, on the very address that is connected to", async () => {
    const loopback = [`127.0.0.1:${port}`];
    const lookup = answering(["127.0.0.1"], ["127.0.0.2"]);
    const url = `http://rebind.example:${port}/`;
    expect(await call(url, { lookup, loopback })).toBe("204");
    expect(lookup.asked()).toBe(1);
    expect(await call(url, { lookup, loopback })).toMatch(/^AddressRefused/);
    expect(lookup.asked()).toBe(2);
  });
});

it("connects to a listed loopback address", async () => {
  expect(await call(`http://127.0.0.1:${port}/`, { loopback: [`127.0.0.1:${port}`] })).toBe("204");
});
