import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PullReply } from "../../../core/ports.ts";
import { PeerClient } from "./client.ts";

let peer: Server;
let proxy: Server;
let asked: string[];
const urlOf = (server: Server): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

beforeEach(async () => {
  asked = [];
  peer = createServer((request, response) => void response.writeHead(request.url === "/peer/pull" ? 503 : 404).end());
  proxy = createServer().on("connect", (request, socket: Socket) => {
    asked.push(request.url ?? "");
    const onward = connect((peer.address() as AddressInfo).port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(onward).pipe(socket);
    });
  });
  for (const server of [peer, proxy]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
});
afterEach(() => {
  for (const server of [peer, proxy]) {
    server.closeAllConnections();
    server.close();
  }
});

const pull = async (client: PeerClient): Promise<PullReply | null> => {
  const request = { region: "east", incarnation: 1, vectors: {}, ready: true, reach: {}, waitMs: 0 };
  const asking = client.peers({ west: urlOf(peer) });
  const reply = await new Promise<PullReply | null>((done) => asking.pull("west", request, done));
  await client.close();
  return reply;
};

test("a peer is called through the outbound proxy, where there is one", async () => {
  const token = "a token of the test";
  await pull(new PeerClient({ token, requestTimeoutMs: 2_000, proxy: urlOf(proxy) }));
  expect(asked).toEqual([urlOf(peer).replace("http://", "")]);
  await pull(new PeerClient({ token, requestTimeoutMs: 2_000 }));
  expect(asked).toHaveLength(1);
});
