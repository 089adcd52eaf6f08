import { expect, test } from "vitest";
import { longest, type NameKind, nameOf, queueName, roleName, type Scope, tables } from "./names.ts";

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
