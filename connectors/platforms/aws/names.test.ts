import { expect, test } from "vitest";
import { longest, type NameKind, nameOf, payloadBucketName, queueName, roleName, type Scope, tables } from "./names.ts";

const scope: Scope = { environment: "prod", mode: "active-active" };
const kinds: readonly NameKind[] = ["function", "role", "queue", "schedule", "bus", "archive", "rule", "table"];
const long = "a-connector-with-a-name-as-long-as-a-connector-may-have-which-is-63";

test("a name carries environment, mode, and what it is of", () => {
  expect(tables.connector(scope, "orders")).toBe("isthmus_prod_aa_orders_journal");
  expect(nameOf("function", { ...scope, mode: "primary-secondary" }, "orders", "accept")).toBe(
    "isthmus_prod_ps_orders_accept",
  );
  expect(roleName(scope, "us-east-1", "orders", "accept")).toBe("isthmus_prod_aa_us-east-1_orders_accept");
  expect(queueName(scope, true, "orders", "inbox")).toBe("isthmus_prod_aa_orders_inbox.fifo");
});

test("no connector, whatever its name, has the gateway's tables", () => {
  const gateway = [tables.gateway(scope), tables.regional(scope)];
  for (const name of ["gateway", "regional", "aa_gateway"])
    expect(gateway).not.toContain(tables.connector(scope, name));
});

test.each(kinds)("of a %s, a name that is too long is cut and still its own", (kind) => {
  const names = ["accept", "accepted"].map((end) => nameOf(kind, scope, "us-east-1", long, long, long, long, end));
  for (const name of names) expect(name.length).toBe(longest[kind]);
  expect(new Set(names).size).toBe(2);
  expect(nameOf(kind, scope, "us-east-1", long, long, long, long, "accept")).toBe(names[0]);
});

test("a FIFO queue's name ends in .fifo however long it is", () => {
  const name = queueName(scope, true, long, long);
  expect(name).toMatch(/\.fifo$/);
  expect(name.length).toBe(longest.queue);
});

test("a bucket's name is one that S3 takes, says whose it is, and differs between regions at its end only", () => {
  const account = "123456789012";
  const [east, west] = ["us-east-1", "us-west-2"].map((region) => payloadBucketName(scope, { account, region }));
  expect([east, west]).toEqual(["isthmus-prod-aa-123456789012-us-east-1", "isthmus-prod-aa-123456789012-us-west-2"]);
  const environment = `preview-${"long-".repeat(12)}1`;
  const place = { account, region: "ap-northeast-1" };
  const names = [environment, `${environment}1`].map((one) => payloadBucketName({ ...scope, environment: one }, place));
  for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9-]{1,61}-ap-northeast-1$/);
  for (const name of names) expect(name.length).toBeLessThanOrEqual(63);
  expect(new Set(names).size).toBe(2);
});
