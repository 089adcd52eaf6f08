/** A partner's site for tests: an HTTP server on loopback that records what reaches it and answers as told. */
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { buffer } from "node:stream/consumers";

export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Behaviour = (call: Call, response: ServerResponse) => void;

export interface SiteDouble {
  readonly url: string;
  /** For the environment's list of loopback addresses. */
  readonly endpoint: string;
  readonly calls: readonly Call[];
  /** Bytes that reached the server, whatever they were. */
  bytes(): number;
  connections(): number;
  behave(behaviour: Behaviour): void;
  /** Cuts all connections and refuses new ones. */
  close(): Promise<void>;
}

export const accepts: Behaviour = (_call, response) => void response.writeHead(204).end();
export const answers =
  (status: number, headers: Record<string, string> = {}, body = ""): Behaviour =>
  (_call, response) =>
    void response.writeHead(status, headers).end(body);
export const hangs: Behaviour = () => undefined;
export const resets: Behaviour = (_call, response) => void response.socket?.resetAndDestroy();

export const startSite = async (behaviour: Behaviour = accepts): Promise<SiteDouble> => {
  const calls: Call[] = [];
  const sockets = new Set<Socket>();
  let ended = 0;
  let opened = 0;
  let current = behaviour;
  const server = createServer((request, response) => {
    void buffer(request).then(
      (body) => {
        const call = { method: request.method ?? "", url: request.url ?? "", headers: request.headers, body };
        calls.push(call);
        current(call, response);
      },
      () => undefined,
    );
  });
  server.on("connection", (socket) => {
    opened += 1;
    sockets.add(socket);
    socket.once("close", () => {
      sockets.delete(socket);
      ended += socket.bytesRead;
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    endpoint: `127.0.0.1:${port}`,
    calls,
    bytes: () => [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, ended),
    connections: () => opened,
    behave: (next) => {
      current = next;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
};
