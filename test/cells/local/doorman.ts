// Runs in a network namespace and opens sockets there, which it hands to the drill: a socket stays where it was opened.
import { connect, createServer, type Server, type Socket } from "node:net";
import { type Asked, asked, type Told } from "./door-messages.ts";

const connecting = new Map<number, Socket>();

function tell(told: Told, socket?: Socket | Server, then: () => void = () => undefined): void {
  process.send?.(told, socket, {}, then);
}

const codeOf = (error: Error): string => ("code" in error ? String(error.code) : error.message);

function open(request: Asked): void {
  const { id } = request;
  if (request.do === "abandon") {
    connecting.get(id)?.destroy();
    connecting.delete(id);
    return;
  }
  const { host, port } = request;
  if (request.do === "listen") {
    const server = createServer({ pauseOnConnect: true });
    server.once("error", (error) => tell({ id, code: codeOf(error) }));
    server.listen({ host, port }, () => tell({ id, code: null }, server, () => server.close()));
    return;
  }
  const socket = connect({ host, port });
  connecting.set(id, socket);
  // What is read here would not reach the drill.
  socket.pause();
  socket.once("connect", () => {
    if (connecting.delete(id)) tell({ id, code: null }, socket);
  });
  socket.on("error", (error) => {
    if (connecting.delete(id)) tell({ id, code: codeOf(error) });
  });
}

process.on("message", (message) => open(asked.parse(message)));
process.once("disconnect", () => process.exit(0));
tell("ready");
