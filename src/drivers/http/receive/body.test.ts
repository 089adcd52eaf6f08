import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { type BodyResult, readBody } from "./body.ts";

let server: Server;
let port = 0;
let results: BodyResult[] = [];
let read = 0;

beforeAll(async () => {
  server = createServer((request, response) => {
    read = 0;
    request.on("data", (chunk: Buffer) => {
      read += chunk.length;
    });
    readBody(request, 10, (result) => {
      results.push(result);
      if (result.kind === "too-large") response.writeHead(413, { connection: "close" }).end();
      else if (result.kind === "body") response.writeHead(200).end(String(result.body.length));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  port = (server.address() as AddressInfo).port;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  results = [];
});

/** Sends the text, closes once an answer begins, and resolves with it. */
const talk = (text: string): Promise<string> =>
  new Promise((resolve) => {
    let answer = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(text));
    socket.on("data", (chunk) => {
      answer += chunk.toString();
      socket.end();
    });
    socket.on("error", () => undefined).on("close", () => resolve(answer));
  });

it("reads a body up to the limit, in one piece or in many", async () => {
  expect(await talk("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n0123456789")).toMatch(/^HTTP\/1.1 200/);
  const chunked =
    "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n";
  expect(await talk(chunked)).toMatch(/^HTTP\/1.1 200/);
  expect(await talk("POST / HTTP/1.1\r\nhost: a\r\n\r\n")).toMatch(/^HTTP\/1.1 200/);
  expect(results).toEqual([
    { kind: "body", body: Buffer.from("0123456789") },
    { kind: "body", body: Buffer.from("0123456789") },
    { kind: "body", body: Buffer.alloc(0) },
  ]);
});

it("refuses an announced length over the limit before a byte of the body came", async () => {
  expect(await talk("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 11\r\n\r\n")).toMatch(/^HTTP\/1.1 413/);
  expect([results, read]).toEqual([[{ kind: "too-large" }], 0]);
});

it("refuses a body that grows over the limit before its end", async () => {
  const begun = "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nb\r\n0123456789a\r\n";
  expect(await talk(begun)).toMatch(/^HTTP\/1.1 413/);
  expect(results).toEqual([{ kind: "too-large" }]);
});

it("tells that the giver went away", async () => {
  const socket = connect(port, "127.0.0.1", () => {
    socket.write("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 10\r\n\r\n0123", () => socket.destroy());
  });
  await vi.waitFor(() => expect(results).toEqual([{ kind: "gone" }]));
});
