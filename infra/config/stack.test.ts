import { expect, test } from "vitest";
import { parseStackName } from "./stack.ts";

test("a region's stack names its environment, region and mode", () => {
  expect(parseStackName("local.east.active-active")).toEqual({
    kind: "region",
    environment: "local",
    file: "local",
    region: "east",
    mode: "active-active",
  });
  expect(parseStackName("aws.us-east-1.primary-secondary")).toMatchObject({
    region: "us-east-1",
    mode: "primary-secondary",
  });
});

test("a global stack names its environment", () => {
  expect(parseStackName("local.global")).toEqual({ kind: "global", environment: "local", file: "local" });
});

test("a preview stack is an environment of its own, from the local file", () => {
  expect(parseStackName("preview-issue-3.west.active-active")).toMatchObject({
    environment: "preview-issue-3",
    file: "local",
  });
  expect(parseStackName("preview-x.global")).toMatchObject({ environment: "preview-x", file: "local" });
});

test.each([
  "local",
  "local.east",
  "local.east.both",
  "local.global.active-active",
  "local..active-active",
  "Local.global",
  "a.b.active-active.d",
])("'%s' is refused with the forms that there are", (name) => {
  expect(() => parseStackName(name)).toThrow(/<env>\.global or <env>\.<region>\.<mode>/);
});
