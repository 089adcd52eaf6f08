// The command line against the admin function, behind an endpoint that lets in only who signs for it, as a function url does.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer, text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signatureProblem } from "../../../src/aws/testing-signature.ts";
import { receive } from "../../../src/drivers/http/driver.ts";
import { httpAccept } from "../../../src/hosts/lambda/accept/http-accept.ts";
import { adminHandler } from "../../../src/hosts/lambda/admin/handler.ts";
import { dispatchToHub } from "../../../src/hosts/lambda/dispatch/to-hub.ts";
import { tellHealth } from "../../../src/hosts/lambda/runtime/health.ts";
import type { Handler, Surroundings } from "../../../src/hosts/lambda/runtime/surroundings.ts";
import definition from "../../../src/hosts/node/test-support/definitions/orders-in.ts";
import { httpCall, invocation, openPlace, type Place, region } from "./place.ts";

const operator = { accessKeyId: "AKIAOPERATOR", secretAccessKey: "operator/secret" };
const parts = { definition, driver: { receive } };
let place: Place;
let url: Server;
let folder: string;
let problems: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "isthmus-cli-"));
  place = await openPlace();
  await place.giveDuty();
  const accept = httpAccept(parts, place.surroundings());
  await accept(httpCall("good", '{"order":"o"}'), invocation());
  await accept(httpCall("bad", '{"order":"o","does":"throw"}'), invocation());
  await dispatchToHub(parts, place.surroundings())({}, invocation());
  url = functionUrl(adminHandler(adminSurroundings()));
  await new Promise<void>((done) => url.listen(0, "127.0.0.1", done));
  // As the stack of the region says it.
  const adminUrl = `http://127.0.0.1:${(url.address() as AddressInfo).port}/`;
  const roles = { read: "arn:aws:iam::111122223333:role/read", operate: "arn:aws:iam::111122223333:role/operate" };
  const admin = { publicUrl: "https://east.example", adminUrl, iam: { region, service: "lambda", roles } };
  writeFileSync(join(folder, "endpoints.json"), JSON.stringify({ regions: { [region]: admin } }));
}, 120_000);
afterAll(async () => {
  url?.close();
  await place?.aws.kill();
  rmSync(folder, { recursive: true });
});

const adminSurroundings = (): Surroundings => {
  const around = place.surroundings();
  const { name, role, table, dispatchFunction, digest, ...shared } = place.config();
  const config = { ...shared, connectors: { [name]: { role, table, dispatchFunction, digest } } };
  return { ...around, variables: { ...around.variables, ISTHMUS: JSON.stringify(config) } };
};

const functionUrl = (admin: Handler<{ readonly statusCode: number; readonly body: string }>): Server =>
  createServer((request, response) => {
    void buffer(request).then(async (body) => {
      const { method = "", url: path = "", headers } = request;
      const problem = await signatureProblem({ method, url: path, headers, body }, operator, {
        service: "lambda",
        region,
      });
      if (problem !== null) {
        problems.push(problem);
        response.writeHead(403).end('{"Message":"Forbidden"}');
        return;
      }
      const { pathname, search } = new URL(path, "http://admin");
      const event = {
        rawPath: pathname,
        rawQueryString: search.slice(1),
        requestContext: { http: { method } },
        ...(body.length > 0 && { body: body.toString("base64"), isBase64Encoded: true }),
      };
      const answer = await admin(event, invocation());
      response.writeHead(answer.statusCode, { "content-type": "application/json" }).end(answer.body);
    });
  });

const main = join(import.meta.dirname, "../../../src/cli/main.ts");
const isthmus = async (...args: readonly string[]) => {
  const said = ["-e", "test", ...args, "--endpoints", join(folder, "endpoints.json")];
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", main, ...said], {
    stdio: ["ignore", "pipe", "pipe"],
    cwd: folder,
    env: {
      PATH: process.env.PATH ?? "",
      HOME: folder,
      AWS_EC2_METADATA_DISABLED: "true",
      AWS_ACCESS_KEY_ID: operator.accessKeyId,
      AWS_SECRET_ACCESS_KEY: operator.secretAccessKey,
    },
  });
  const ended = new Promise<number | null>((done) => child.once("close", done));
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await ended, out, err };
};

test("tells how the region is, what is faulted and where an event is, and has a decision taken", async () => {
  problems = [];
  const well = { well: true, detail: "a trace got through" };
  await new Promise<void>((done) => tellHealth(place.regionalTable, { accept: well, act: well, at: Date.now() }, done));
  const status = await isthmus("status");
  expect(status.err).toBe("");
  expect(status.out).toMatch(/us-east-1.*[\s\S]*orders/);
  expect((await isthmus("faults")).out).toContain("no such article");
  expect((await isthmus("where", "good")).out).toContain("delivered");
  expect(await isthmus("faults", "discard", "bad", "--yes")).toMatchObject({
    code: 0,
    out: expect.stringContaining("1 done"),
  });
  expect((await isthmus("faults")).out).not.toContain("no such article");
  expect(problems).toEqual([]);
}, 60_000);
