import { afterAll, beforeAll, expect, it } from "vitest";
import { type Ministack, startMinistack } from "../../../test/aws/ministack/ministack.ts";
import { makeTable } from "../../../test/aws/ministack/tables.ts";
import { AwsClient } from "../client.ts";
import { Endpoints } from "../endpoints.ts";
import { DynamoTable } from "./dynamo-table.ts";
import type { Got, Item, Read, TableFailure, TableQuery, Written } from "./table.ts";

let aws: Ministack;
let table: DynamoTable;

beforeAll(async () => {
  aws = await startMinistack({ region: "us-east-1" });
  await makeTable(aws, "events");
  const client = new AwsClient(
    () => ({ accessKeyId: "test", secretAccessKey: "test" }),
    new Endpoints({ "us-east-1": aws.url }),
  );
  table = new DynamoTable({ client, region: "us-east-1", name: "events" });
}, 120_000);
afterAll(() => aws?.kill());

const item = (sk: string, attributes: Item["attributes"] = {}, pk = "east#p"): Item => ({ pk, sk, attributes });
const put = (one: Item, condition: Parameters<DynamoTable["put"]>[1] = null) =>
  new Promise<Written>((done) => table.put(one, condition, done));
const query = (asked: TableQuery) => new Promise<Read | TableFailure>((done) => table.query(asked, done));

it("puts an item once where it must be absent, and shows what stands there", async () => {
  const first = item("1", { n: 1, text: "a" });
  expect(await put(first, { kind: "absent" })).toEqual({ kind: "written" });
  expect(await put(item("1", { n: 2 }), { kind: "absent" })).toEqual({ kind: "unmet", item: first });
});

it("changes an item only while an attribute is what it was", async () => {
  await put(item("v", { version: 1, gone: "x" }));
  const change = (from: number) =>
    new Promise<Written>((done) =>
      table.update(
        { pk: "east#p", sk: "v" },
        { set: { version: from + 1 }, remove: ["gone"] },
        { kind: "equals", attribute: "version", value: from },
        done,
      ),
    );
  expect(await change(1)).toEqual({ kind: "written" });
  expect(await change(1)).toEqual({ kind: "unmet", item: item("v", { version: 2 }) });
});

it("reads a partition in order, from and to a sort key, from either end", async () => {
  for (const sk of ["a", "b", "c", "d"]) await put(item(sk, {}, "east#q"));
  const keys = async (asked: Partial<TableQuery>) => {
    const read = await query({ pk: "east#q", limit: 10, ...asked });
    return read.kind === "read" ? read.items.map(({ sk }) => sk) : read;
  };
  expect(await keys({})).toEqual(["a", "b", "c", "d"]);
  expect(await keys({ above: "a", upTo: "c" })).toEqual(["b", "c"]);
  expect(await keys({ above: "b" })).toEqual(["c", "d"]);
  expect(await keys({ descending: true, limit: 1 })).toEqual(["d"]);
});

it("gets many items at once, in the order asked for, null for what is not there", async () => {
  const keys = Array.from({ length: 150 }, (_, at) => ({ pk: "east#m", sk: `${at}` }));
  for (const { sk } of keys) if (sk !== "7") await put(item(sk, { at: Number(sk) }, "east#m"));
  const got = await new Promise<Got | TableFailure>((done) => table.get(keys, true, done));
  const items = got.kind === "got" ? got.items : [];
  expect(items.map((one) => one?.attributes.at ?? null)).toEqual(
    keys.map(({ sk }) => (sk === "7" ? null : Number(sk))),
  );
});

it("lists what is in an inbox, in order, until it is taken out", async () => {
  await put(item("2", { inbox: "east", at: 2 }, "east#e#2"));
  await put(item("1", { inbox: "east", at: 1 }, "east#e#1"));
  const inbox = () => new Promise<Read | TableFailure>((done) => table.inbox("east", 10, done));
  expect(await inbox()).toMatchObject({ items: [{ pk: "east#e#1" }, { pk: "east#e#2" }] });
  await new Promise((done) => table.update({ pk: "east#e#1", sk: "1" }, { remove: ["inbox"] }, null, done));
  expect(await inbox()).toMatchObject({ items: [{ pk: "east#e#2" }] });
});

it("says of a table that is not there that it was refused", async () => {
  const none = new DynamoTable({
    client: new AwsClient(() => ({ accessKeyId: "t", secretAccessKey: "t" }), new Endpoints({ "us-east-1": aws.url })),
    region: "us-east-1",
    name: "none",
  });
  const answer = await new Promise<Written>((done) => none.put(item("1"), null, done));
  expect(answer).toMatchObject({ kind: "failed", reason: "refused" });
});
