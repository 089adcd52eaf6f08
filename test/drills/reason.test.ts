import { expect, test } from "vitest";
import { reasonOf } from "./reason.ts";

test("of what the engine printed, the diagnostics are the reason", () => {
  const printed = `code: -2
 stderr: Command failed
Destroying (local.east.active-active):
 -  isthmus:local:Connector a deleting (0s) error: it holds 3 pending
Diagnostics:
  isthmus:local:Connector (a):
    error: it holds 3 pending

  pulumi:pulumi:Stack (isthmus-local.east.active-active):
    error: update failed

Resources:
    1 errored
`;
  expect(reasonOf(new Error(printed))).toBe("  isthmus:local:Connector (a):\n    error: it holds 3 pending");
});

test("anything else is said as it is", () => {
  expect(reasonOf(new Error("port 9443 is taken"))).toBe("port 9443 is taken");
  expect(reasonOf("odd")).toBe("odd");
});
