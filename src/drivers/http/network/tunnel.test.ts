import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, it } from "vitest";
import { failureOf } from "../site/errors.ts";
import { accepts, type SiteDouble, startSite } from "../site/site-double.ts";
import { poolMaker } from "./pool.ts";

type Behaviour = (target: string, socket: Socket) => void;

let proxy: Server;
let site: SiteDouble;
let behave: Behaviour;
let asked: string[];

const passes: Behaviour = (target, socket) => {
  const [host = "", port = ""] = target.split(":");
  const onward = connect(Number(port), host, () => {
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    socket.pipe(onward).pipe(socket);
  });
};
const refuses =
  (status: string, header = ""): Behaviour =>
  (_target, socket) =>
    void socket.end(`HTTP/1.1 ${status}\r\n${header}\r\n`);

beforeEach(async () => {
  asked = [];
  behave = passes;
  site = await startSite(accepts);
  proxy = createServer().on("connect", (request, socket: Socket) => {
    asked.push(request.url ?? "");
    behave(request.url ?? "", socket);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
});
afterEach(async () => {
  proxy.close();
  await site.close();
});

const call = async (options: { host?: string; loopback?: readonly string[]; proxyPort?: number }): Promise<string> => {
  const { port } = new URL(site.url);
  const pool = poolMaker("internet", {
    cidrs: [],
    loopback: options.loopback ?? [site.endpoint],
    lookup: (_hostname, done) => done(null, [{ address: "127.0.0.1", family: 4 }]),
    proxy: `http://127.0.0.1:${options.proxyPort ?? (proxy.address() as AddressInfo).port}`,
  })(new URL(`http://${options.host ?? "127.0.0.1"}:${port}/`), { connectTimeoutMs: 500 });
  try {
    return String((await pool.request({ method: "GET", path: "/" })).statusCode);
  } catch (error) {
    return error instanceof Error ? failureOf(error, false).error : "?";
  } finally {
    await pool.destroy();
  }
};

it("a call goes through the proxy", async () => {
  expect(await call({})).toBe("204");
  expect(asked).toEqual([site.endpoint]);
});

it("the proxy is asked for the address that was judged, not for the name", async () => {
  expect(await call({ host: "partner.example" })).toBe("204");
  expect(asked).toEqual([site.endpoint]);
});

it.each(["127.0.0.1", "partner.example"])("an address that is not allowed is not asked for: %s", async (host) => {
  expect(await call({ host, loopback: [] })).toBe("address-refused");
  expect(asked).toEqual([]);
});

it("a proxy that refuses is trouble of the link", async () => {
  behave = refuses("503 Service Unavailable");
  expect(await call({})).toBe("unreachable");
});

it("a proxy that is not there is trouble of the link", async () => {
  expect(await call({ proxyPort: 1 })).toBe("unreachable");
});

it("a proxy that says that the site refused is trouble of the site", async () => {
  behave = refuses("502 Bad Gateway", "proxy-status: drill; error=connection_refused\r\n");
  expect(await call({})).toBe("connection-refused");
});

it("a proxy that does not answer is no connection in time", async () => {
  behave = () => undefined;
  expect(await call({})).toBe("timeout-before-write");
});
