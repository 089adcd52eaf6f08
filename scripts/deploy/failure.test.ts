import { expect, test } from "vitest";
import { diagnosis, EngineFailure } from "./failure.ts";

const refused = `code: -2
 stdout: 
 stderr: Command failed with exit code 1: pulumi destroy --yes
Destroying (local.east.active-active):

 -  isthmus:local:Connector orders-connector deleting (0s) error: connector orders still holds 3 pending
Diagnostics:
  isthmus:local:Connector (orders-connector):
    error: connector orders still holds 3 pending

  pulumi:pulumi:Stack (isthmus-local.east.active-active):
    error: update failed

Resources:
    2 errored
`;

test("the engine's diagnostics are told once, and nothing else", () => {
  expect(diagnosis(new Error(refused))).toBe(
    `  isthmus:local:Connector (orders-connector):
    error: connector orders still holds 3 pending
  pulumi:pulumi:Stack (isthmus-local.east.active-active):
    error: update failed`,
  );
});

test("without diagnostics it is the error itself", () => {
  const text =
    "code: -2\nstderr: Command failed\nerror: incorrect passphrase\n err?: Error\nerror: incorrect passphrase";
  expect(diagnosis(new Error(text))).toBe("  error: incorrect passphrase");
});

test("what cannot be read is told whole", () => {
  expect(diagnosis("spawn pulumi ENOENT")).toBe("spawn pulumi ENOENT");
});

test("a failure names the operation and the stack, and keeps its cause", () => {
  const cause = new Error(refused);
  const failure = new EngineFailure("destroy", "local.east.active-active", cause);
  expect(failure.message).toMatch(/^pulumi destroy local\.east\.active-active failed:\n {2}isthmus:local:Connector/);
  expect(failure.cause).toBe(cause);
});
