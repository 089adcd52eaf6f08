import { createServer, type RequestListener, type Server } from "node:http";

/** Bounds on what one connection may cost. Milliseconds and bytes. */
const bounds = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16_384,
  connectionsCheckingInterval: 5_000,
};

/** @throws Error that names the port and what to do when it is taken */
export const listen = async (host: string, port: number, handler: RequestListener): Promise<Server> => {
  const server = createServer(bounds, handler);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const taken = error.code === "EADDRINUSE";
      const advice = "another process listens there: stop it, or choose another basePort in the environment";
      reject(taken ? new Error(`port ${port} on ${host} is taken; ${advice}`) : error);
    });
    server.listen(port, host, resolve);
  });
  return server;
};

/** Ends a server: no new calls, idle connections closed, calls under way given this long. */
export const close = async (server: Server, graceMs: number): Promise<void> => {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
};
