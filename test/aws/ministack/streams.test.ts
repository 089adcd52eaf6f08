import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { DynamoTable } from "../../../src/aws/dynamo/dynamo-table.ts";
import type { Written } from "../../../src/aws/dynamo/table.ts";
import { clientFor, makeFunction, onStream } from "./functions.ts";
import { type Ministack, startMinistack } from "./ministack.ts";
import { makeTable } from "./tables.ts";

let aws: Ministack;
let server: Server;
const called: string[] = [];
const patience = { timeout: 30_000, interval: 50 };

beforeAll(async () => {
  aws = await startMinistack({ region: "us-east-1" });
  server = createServer((request, response) => {
    called.push(request.url ?? "");
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  await aws.kill();
  server.close();
});

/** A table whose stream calls a function that says so, and then takes as long as this. */
async function tableOf(name: string, then: string): Promise<DynamoTable> {
  const address = server.address();
  const port = address !== null && typeof address === "object" ? address.port : 0;
  const code = `exports.handler = async () => { await fetch("http://127.0.0.1:${port}/${name}"); ${then} };`;
  await makeTable(aws, name);
  await makeFunction(aws, { name, code, variables: {} });
  await onStream(aws, name, name);
  return new DynamoTable({ client: clientFor(aws), region: aws.region, name });
}

const accept = (table: DynamoTable): Promise<Written> =>
  new Promise((done) => table.put({ pk: "a", sk: "e", attributes: { inbox: "us-east-1", at: 1 } }, null, done));

test("a function that takes long with one stream keeps no other stream waiting", async () => {
  const slow = await tableOf("slow", "await new Promise(() => setInterval(() => {}, 1_000));");
  const quick = await tableOf("quick", "");
  await accept(slow);
  await vi.waitFor(() => expect(called).toContain("/slow"), patience);
  await accept(quick);
  await vi.waitFor(() => expect(called).toContain("/quick"), patience);
});
