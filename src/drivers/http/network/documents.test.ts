import { once } from "node:events";
import { createServer as createPlainServer } from "node:http";
import { createServer } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import type { NetworkOptions } from "../../port.ts";
import { authority } from "../auth/testing-certificates.ts";
import { answers, type Behaviour, hangs, resets, type SiteDouble, startSite } from "../site/site-double.ts";
import { documentReader } from "./documents.ts";

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close();
});
const server = async (behaviour: Behaviour): Promise<SiteDouble> => {
  const made = await startSite(behaviour);
  open.push(made);
  return made;
};

const read = async (url: string, network: Partial<NetworkOptions>, timeoutMs = 2_000): Promise<string> => {
  const reader = documentReader("internet", { cidrs: [], loopback: [], ...network });
  try {
    const answer = await reader(new URL(url), { method: "GET", timeoutMs });
    return `${answer.status} ${await answer.text()}`;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : "?";
  }
};

describe("a document", () => {
  it("is read whole, with what was asked", async () => {
    const at = await server(answers(200, { "content-type": "application/json" }, '{"a":1}'));
    const reader = documentReader("internet", { cidrs: [], loopback: [at.endpoint] });
    const asked = { method: "POST", headers: { "x-a": "b" }, body: "c=d", timeoutMs: 2_000 } as const;
    const answer = await reader(new URL(`${at.url}/token?x=y`), asked);
    expect([answer.status, answer.headers.get("content-type"), await answer.json()]).toEqual([
      200,
      "application/json",
      { a: 1 },
    ]);
    expect(at.calls).toMatchObject([{ method: "POST", url: "/token?x=y", headers: { "x-a": "b" } }]);
    expect(at.calls[0]?.body.toString()).toBe("c=d");
  });

  const troubles: readonly (readonly [string, Behaviour, RegExp])[] = [
    ["that is too long", answers(200, {}, "x".repeat(262_145)), /longer than 262144 bytes/],
    ["that never comes", hangs, /no answer in 200 ms/],
    ["that never ends", (_call, response) => void response.writeHead(200).write("x"), /no answer in 200 ms/],
    ["whose connection is cut", resets, /ECONNRESET|socket hang up/],
    [
      "that is cut in the middle",
      (_call, response) => {
        response.writeHead(200, { "content-length": 10 });
        response.write("x", () => response.destroy());
      },
      /aborted/,
    ],
  ];
  it.each(troubles)("%s is none", async (_name, behaviour, reason) => {
    const at = await server(behaviour);
    expect(await read(at.url, { loopback: [at.endpoint] }, 200)).toMatch(reason);
  });

  it("elsewhere is not followed, and one without a body is empty", async () => {
    const at = await server(answers(302, { location: "http://169.254.169.254/" }, "moved"));
    expect(await read(at.url, { loopback: [at.endpoint] })).toBe("302 moved");
    at.behave(answers(204));
    expect(await read(at.url, { loopback: [at.endpoint] })).toBe("204 ");
  });
});

describe("an address that is not allowed is not connected to", () => {
  it.each(["127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"])("%s", async (host) => {
    const at = await server(answers(200));
    expect(await read(at.url.replace("127.0.0.1", host), {})).toMatch(/^AddressRefused/);
    expect(at.connections()).toBe(0);
  });

  it("by a name whose answer changes: it is judged when the socket connects", async () => {
    const at = await server(answers(200));
    const addresses = ["127.0.0.1", "127.0.0.2"];
    const lookup: NetworkOptions["lookup"] = (_name, done) =>
      done(null, [{ address: addresses.shift() ?? "", family: 4 }]);
    const url = at.url.replace("127.0.0.1", "login.example");
    const network = { loopback: [at.endpoint], lookup };
    expect(await read(url, network)).toBe("200 ");
    expect(await read(url, network)).toMatch(/^AddressRefused/);
    expect(at.connections()).toBe(1);
  });
});

describe("through a proxy", () => {
  const proxy = async (): Promise<{ readonly url: string; readonly asked: string[] }> => {
    const asked: string[] = [];
    const sockets: Socket[] = [];
    const made = createPlainServer().on("connect", (request, socket: Socket) => {
      asked.push(request.url ?? "");
      const [host, port] = (request.url ?? "").split(":");
      const on = connect(Number(port), host, () => socket.write("HTTP/1.1 200 OK\r\n\r\n"));
      sockets.push(socket, on);
      socket.pipe(on).pipe(socket);
      for (const each of [socket, on]) each.on("error", () => undefined);
    });
    made.listen(0, "127.0.0.1");
    await once(made, "listening");
    open.push({
      close: () => {
        for (const socket of sockets) socket.destroy();
        made.close();
      },
    });
    return { url: `http://127.0.0.1:${(made.address() as AddressInfo).port}`, asked };
  };
  const lookup: NetworkOptions["lookup"] = (_name, done) => done(null, [{ address: "127.0.0.1", family: 4 }]);

  it("it is asked for the address that was judged, not for the name", async () => {
    const at = await server(answers(200, {}, "here"));
    const via = await proxy();
    const url = at.url.replace("127.0.0.1", "login.example");
    expect(await read(url, { loopback: [at.endpoint], lookup, proxy: via.url })).toBe("200 here");
    expect(via.asked).toEqual([at.endpoint]);
  });

  it("it is not asked for an address that is not allowed, by name or not", async () => {
    const at = await server(answers(200));
    const via = await proxy();
    const named = at.url.replace("127.0.0.1", "login.example");
    for (const url of [at.url, named]) expect(await read(url, { lookup, proxy: via.url })).toMatch(/^AddressRefused/);
    expect(via.asked).toEqual([]);
  });

  it("TLS is spoken with the target, whose certificate must be one that the system trusts", async () => {
    const { certificate, key } = await (await authority("strangers")).issue("login");
    const https = createServer({ cert: certificate, key }, (_request, response) => response.end("here"));
    https.listen(0, "127.0.0.1");
    await once(https, "listening");
    open.push({ close: () => https.close() });
    const endpoint = `127.0.0.1:${(https.address() as AddressInfo).port}`;
    const via = await proxy();
    const answer = await read(`https://${endpoint}/`, { loopback: [endpoint], proxy: via.url });
    expect(answer).toMatch(/unable to verify the first certificate|self-signed/);
    expect(via.asked).toEqual([endpoint]);
  });

  it("that is not there, there is no document", async () => {
    const at = await server(answers(200));
    expect(await read(at.url, { loopback: [at.endpoint], proxy: "http://127.0.0.1:1" })).toMatch(/the outbound proxy/);
    expect(at.connections()).toBe(0);
  });
});
