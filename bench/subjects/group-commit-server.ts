// The bare baseline: answers 202 after one writev and one fdatasync for all bodies that came together, and does nothing
// else. Usage: group-commit-server.ts <file>; tells its port to the parent process.
import { fdatasync, openSync, writev } from "node:fs";
import { createServer, type ServerResponse } from "node:http";

const file = openSync(String(process.argv[2]), "a");
let waiting: { body: Buffer; response: ServerResponse }[] = [];
let writing = false;

const commit = (): void => {
  if (writing || waiting.length === 0) return;
  writing = true;
  const batch = waiting;
  waiting = [];
  const fail = (error: Error | null): void => {
    if (error !== null) throw error;
  };
  writev(
    file,
    batch.map(({ body }) => body),
    (error) => {
      fail(error);
      fdatasync(file, (failed) => {
        fail(failed);
        writing = false;
        for (const { response } of batch) response.writeHead(202, { "content-length": "0" }).end();
        commit();
      });
    },
  );
};

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    waiting.push({ body: Buffer.concat(chunks), response });
    if (waiting.length === 1) setImmediate(commit);
  });
});
server.listen(0, "127.0.0.1", () => process.send?.(server.address()));
