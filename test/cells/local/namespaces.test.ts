import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Path } from "../network/path.ts";
import { type Entrance, openProxy } from "../network/proxy.ts";
import { hindrance, Namespaces } from "./namespaces.ts";

const why = await hindrance();
const name = `isthmus-test-${process.pid}`;
const ports = { public: 7_001, admin: 7_002 };
const silenceMs = 700;

/** Listens where a region does, and says what is said to it. */
const echo = `require("node:net").createServer((socket) => socket.pipe(socket))
  .listen(${ports.public}, "127.0.0.1", () => console.log("listening"))`;
/** How a connection to an address goes. */
const call = (host: string, port: number): string => `
  const socket = require("node:net").connect(${port}, "${host}");
  const say = (what) => { console.log(what); process.exit(); };
  socket.once("connect", () => say("connected")).once("error", ({ code }) => say(code));
  setTimeout(() => say("silence"), ${silenceMs});`;

const names = (): readonly string[] =>
  execFileSync("ip", ["netns", "list"], { encoding: "utf8" })
    .split("\n")
    .map((line) => line.split(" ")[0] ?? "")
    .filter((each) => each.startsWith(name));

describe.skipIf(why !== null)(
  why === null ? "regions in namespaces" : `regions in namespaces: not here, ${why}`,
  () => {
    let namespaces: Namespaces;
    let region: ChildProcess;
    let proxy: Entrance;
    let sockets: Socket[];

    beforeEach(async () => {
      sockets = [];
      namespaces = await Namespaces.open({ name, regions: { east: ports, west: ports } });
      const socket = await namespaces.listen("east");
      const routes = new Map([[1, { port: 1, path: new Path("caller") }]]);
      proxy = await openProxy(routes, "127.0.0.1", { socket, url: namespaces.proxyUrl });
      region = spawn("ip", ["netns", "exec", namespaces.of("east"), process.execPath, "-e", echo]);
      if (region.stdout !== null) await once(region.stdout, "data");
    });
    afterEach(async () => {
      for (const socket of sockets) socket.destroy();
      await proxy.close();
      await namespaces.close();
    });

    /** How a connection to the region goes. */
    async function into(port = ports.public): Promise<string> {
      const signal = AbortSignal.timeout(silenceMs);
      try {
        sockets.push(await namespaces.dial("east")(port, signal));
        return "connected";
      } catch (error) {
        if (signal.aborted) return "silence";
        return error instanceof Error ? error.message : String(error);
      }
    }

    async function outOf(host: string, port: number): Promise<string> {
      const program = ["netns", "exec", namespaces.of("east"), process.execPath, "-e", call(host, port)];
      return (await text(spawn("ip", program).stdout)).trim();
    }

    test("a region is reached on its loopback, and reaches the proxy on it", async () => {
      expect(await into()).toBe("connected");
      expect(await outOf("127.0.0.1", 3_128)).toBe("connected");
    });

    test("where nobody listens in a region a connection is refused", async () => {
      expect(await into(ports.admin)).toBe("ECONNREFUSED");
    });

    test("no way leads out of a region but to the proxy", async () => {
      expect(await outOf("192.0.2.1", 80)).toBe("ENETUNREACH");
      expect(await outOf("198.18.1.2", ports.public)).toBe("ENETUNREACH");
    });

    test("a region that is cut off is silent, and hears nothing, until it is healed", async () => {
      await namespaces.cut("east");
      expect(await into()).toBe("silence");
      expect(await into(ports.admin)).toBe("silence");
      expect(await outOf("127.0.0.1", 3_128)).toBe("silence");
      await namespaces.heal("east");
      expect(await into()).toBe("connected");
      expect(await outOf("127.0.0.1", 3_128)).toBe("connected");
    });

    test("what is said on a connection that stands is lost while the region is cut off, and said again after", async () => {
      const socket = await namespaces.dial("east")(ports.public, AbortSignal.timeout(5_000));
      sockets.push(socket);
      const heard = once(socket, "data");
      await namespaces.cut("east");
      socket.write("hello");
      const silence = new Promise((resolve) => setTimeout(resolve, silenceMs, "silence"));
      expect(await Promise.race([heard, silence])).toBe("silence");
      await namespaces.heal("east");
      expect(String(await heard)).toBe("hello");
    });

    test("the other region is not cut off with it", async () => {
      await namespaces.cut("west");
      expect(await into()).toBe("connected");
    });

    test("names that are taken are refused, saying how to free them, and stay", async () => {
      const again = Namespaces.open({ name, regions: { east: ports, west: ports } });
      await expect(again).rejects.toThrow(`ip netns delete ${name}.east`);
      expect(await into()).toBe("connected");
    });

    test("nothing is left: no namespace, and no process in one", async () => {
      expect(names()).toHaveLength(3);
      const ended = once(region, "exit");
      await namespaces.close();
      await ended;
      expect(names()).toEqual([]);
    });
  },
);
