// The way out of a region: a forward proxy (HTTP CONNECT), and the way in: a relay. Both by paths that can be broken.
import { createServer as createHttpServer, type Server as HttpServer } from "node:http";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { Path } from "./path.ts";

/** Where what is asked for really stands, and the path there. */
export interface Route {
  readonly port: number;
  readonly path: Path;
}

const host = "127.0.0.1";

export interface Entrance {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * @param routes by the port that the region asks for; any other is refused
 * @param from the loopback address that the region's calls come from, so that who is called can tell the regions apart
 */
export async function openProxy(routes: ReadonlyMap<number, Route>, from: string): Promise<Entrance> {
  const server = createHttpServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request, caller: Socket) => {
    caller.on("error", () => undefined);
    const route = routes.get(Number(request.url?.split(":").at(-1)));
    if (route === undefined) return void caller.end("HTTP/1.1 403 Forbidden\r\n\r\n");
    if (!route.path.admits(caller)) return;
    const called = connect({ host, port: route.port, localAddress: from });
    called.once("connect", () => {
      caller.write("HTTP/1.1 200 Connection established\r\n\r\n");
      route.path.join(caller, called);
    });
    called.once("error", ({ code }: NodeJS.ErrnoException) => {
      const why = code === "ECONNREFUSED" ? "connection_refused" : "destination_unavailable";
      caller.end(`HTTP/1.1 502 Bad Gateway\r\nproxy-status: drill; error=${why}\r\n\r\n`);
    });
  });
  return entrance(server);
}

/** Passes every connection on to a port. */
export async function openRelay({ port, path }: Route): Promise<Entrance> {
  const server = createServer((caller) => {
    caller.on("error", () => undefined);
    if (!path.admits(caller)) return;
    caller.pause();
    const called = connect({ host, port });
    called.once("connect", () => {
      path.join(caller, called);
      caller.resume();
    });
    called.once("error", () => caller.resetAndDestroy());
  });
  return entrance(server);
}

async function entrance(server: Server | HttpServer): Promise<Entrance> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
