import { once } from "node:events";
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Path } from "./path.ts";
import { type Entrance, openProxy, openRelay } from "./proxy.ts";

const asked = 9_999;
let server: Server;
let bodies: string[];
let callers: (string | undefined)[];
let outbound: Path;
let inbound: Path;
let proxy: Entrance;
let relay: Entrance;

beforeEach(async () => {
  bodies = [];
  callers = [];
  server = createServer((incoming, response) => {
    callers.push(incoming.socket.remoteAddress);
    const answer = (body: Buffer): void => {
      bodies.push(body.toString());
      response.end(body);
    };
    void buffer(incoming).then(answer, () => undefined);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  outbound = new Path("caller");
  inbound = new Path("called");
  proxy = await openProxy(new Map([[asked, { port, path: outbound }]]), "127.0.0.5");
  relay = await openRelay({ port, path: inbound });
});
afterEach(async () => {
  outbound.close();
  inbound.close();
  await Promise.all([proxy.close(), relay.close()]);
  server.closeAllConnections();
  server.close();
});

/** The status of the proxy's answer, or of what was called, or why there is none. */
async function through(port = asked): Promise<number | string> {
  const { hostname, port: proxyPort } = new URL(proxy.url);
  return new Promise((resolve) => {
    const asking = request({ hostname, port: proxyPort, method: "CONNECT", path: `127.0.0.1:${port}`, timeout: 300 });
    asking.once("timeout", () => asking.destroy(new Error("silence")));
    asking.once("error", (error) => resolve(error.message));
    asking.once("connect", ({ statusCode = 0 }, socket) => {
      if (statusCode !== 200) return resolve(statusCode);
      const call = request({ createConnection: () => socket, method: "POST", timeout: 300 }, (answer) => {
        answer.resume().once("end", () => resolve(answer.statusCode ?? 0));
      });
      call.once("timeout", () => call.destroy(new Error("silence"))).once("error", ({ message }) => resolve(message));
      call.end("out");
    });
    asking.end();
  });
}

async function into(body = "in"): Promise<number | string> {
  try {
    const answer = await fetch(relay.url, { method: "POST", body, signal: AbortSignal.timeout(300) });
    await answer.text();
    return answer.status;
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError" ? "silence" : "refused";
  }
}

describe("a path out", () => {
  test("passes, and who is called sees the region's own address", async () => {
    expect(await through()).toBe(200);
    expect(bodies).toEqual(["out"]);
    expect(callers).toEqual(["127.0.0.5"]);
  });

  test("leads only where it is said to", async () => {
    expect(await through(80)).toBe(403);
  });

  test("that is cut is silent, and passes again when it is healed", async () => {
    outbound.rule = "cut";
    expect(await through()).toBe("silence");
    outbound.rule = "pass";
    expect(await through()).toBe(200);
  });

  test("on which the region is not heard gives a connection but brings no request", async () => {
    outbound.rule = "region-unheard";
    expect(await through()).toBe("silence");
    expect(bodies).toEqual([]);
  });

  test("says when what is called refuses", async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await through()).toBe(502);
  });
});

describe("a path in", () => {
  test("that is reset refuses", async () => {
    inbound.rule = "reset";
    expect(await into()).toBe("refused");
  });

  test("on which the region is not heard brings the request but no answer", async () => {
    inbound.rule = "region-unheard";
    expect(await into()).toBe("silence");
    expect(bodies).toEqual(["in"]);
  });

  test("that is narrow carries what is short and stalls what is long", async () => {
    inbound.rule = "narrow";
    expect(await into()).toBe(200);
    expect(await into("x".repeat(2_000))).toBe("silence");
    inbound.rule = "pass";
    expect(await into("x".repeat(2_000))).toBe(200);
  });

  test("that is cut swallows what was under way: the connection is of no use later", async () => {
    expect(await into()).toBe(200);
    inbound.rule = "cut";
    expect(await into()).toBe("silence");
    expect(bodies).toEqual(["in"]);
  });
});
