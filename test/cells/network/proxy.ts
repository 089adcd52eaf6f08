// The way out of a region: a forward proxy (HTTP CONNECT), and the way in: a relay. Both by paths that can be broken.
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Path } from "./path.ts";

/** Connects to a port, unless whoever waits for it goes. @throws with the system's code */
export type Dial = (port: number, signal: AbortSignal) => Promise<Socket>;

/** Where what is asked for really stands, and the path there. */
export interface Route {
  readonly port: number;
  readonly path: Path;
  /** @default to the drill's own loopback */
  readonly dial?: Dial | undefined;
}

/** A socket that listens already, and the url that leads there. */
export interface Doorway {
  readonly socket: Server;
  readonly url: string;
}

const host = "127.0.0.1";

export interface Entrance {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param routes by the port that the region asks for; any other is refused
 * @param from the loopback address that the region's calls come from, so that who is called can tell the regions apart
 * @param at where it listens. Default: a port of the loopback
 */
export async function openProxy(routes: ReadonlyMap<number, Route>, from: string, at?: Doorway): Promise<Entrance> {
  const server = createHttpServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request, caller: Socket) => {
    caller.on("error", () => undefined);
    const route = routes.get(Number(request.url?.split(":").at(-1)));
    if (route === undefined) return void caller.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    if (!route.path.admits(caller)) return;
    const met = (): void => void caller.write("HTTP/1.1 200 Connection established\r\n\r\n");
    join(caller, { ...route, dial: route.dial ?? dialFrom(from) }, met).catch((error: NodeJS.ErrnoException) => {
      const why = error.code === "ECONNREFUSED" ? "connection_refused" : "destination_unavailable";
      caller.end(`HTTP/1.1 502 Bad Gateway\r\nproxy-status: drill; error=${why}\r\n\r\n`);
    });
  });
  return entrance(server, at);
}

/**
 * Passes every connection on to a port.
 * @param listening its own port. Default: any
 */
export async function openRelay(route: Route, listening = 0): Promise<Entrance> {
  const server = createServer((caller) => {
    caller.on("error", () => undefined);
    if (route.path.admits(caller)) join(caller, route, () => undefined).catch(() => caller.resetAndDestroy());
  });
  return entrance(server, listening);
}

/** Connects on the loopback. @param from address of it that the connection comes from. Default: any */
export const dialFrom =
  (from?: string): Dial =>
  (port) =>
    new Promise((resolve, reject) => {
      const called = connect({ host, port, ...(from !== undefined && { localAddress: from }) });
      called.on("error", reject).once("connect", () => resolve(called));
    });

/** Connects who is called, and keeps what the caller says until then. A caller who goes is not called for. */
async function join(caller: Socket, { port, path, dial = dialFrom() }: Route, met: () => void): Promise<void> {
  const gone = new AbortController();
  const early: Buffer[] = [];
  const keep = (chunk: Buffer): void => void early.push(chunk);
  const leave = (): void => {
    gone.abort();
    caller.destroy();
  };
  caller.on("data", keep).once("end", leave).once("close", leave);
  const called = await dial(port, gone.signal);
  caller.off("data", keep).off("end", leave).off("close", leave).pause();
  called.on("error", () => undefined);
  if (caller.destroyed) return void called.destroy();
  met();
  if (early.length > 0) caller.unshift(Buffer.concat(early));
  path.join(caller, called);
  caller.resume();
}

async function entrance(server: Server | HttpServer, at: Doorway | number = 0): Promise<Entrance> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).once("listening", resolve);
    if (typeof at === "number") server.listen(at, host);
    else server.listen(at.socket);
  });
  const url = typeof at === "number" ? `http://${host}:${(server.address() as AddressInfo).port}` : at.url;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
