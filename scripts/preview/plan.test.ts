import { expect, test } from "vitest";
import type { Environment } from "../../src/define/environment.ts";
import { fileOf, planPreview } from "./plan.ts";

const environment: Environment = {
  platform: "aws",
  regions: ["us-east-1", "us-west-2"],
  witness: "us-east-2",
  connectors: {},
};
const stack = "aws.us-east-1.active-active";

test("a preview is both regions of the mode, in names of its own", () => {
  expect(planPreview(stack, "t1", environment)).toEqual({
    environment: "preview-t1",
    mode: "active-active",
    regions: ["us-east-1", "us-west-2"],
    everywhere: ["us-east-1", "us-west-2", "us-east-2"],
    global: "preview-t1.global",
    stacks: {
      "us-east-1": "preview-t1.us-east-1.active-active",
      "us-west-2": "preview-t1.us-west-2.active-active",
    },
  });
  expect(fileOf(stack)).toBe("aws");
});

test("what cannot be made is refused by name, with the fix", () => {
  const refused: readonly (readonly [string, string, Environment, string])[] = [
    ["aws.global", "t1", environment, "--stack aws.global"],
    ["aws.us-east-1", "t1", environment, "--stack"],
    ["aws.eu-west-1.active-active", "t1", environment, "us-east-1, us-west-2"],
    ["local.east.active-active", "t1", { ...environment, platform: "local" }, "npm run drill"],
    [stack, "Too_Long", environment, "--name Too_Long"],
    [stack, "abcdefghijklm", environment, "up to 12"],
  ];
  for (const [from, name, of, told] of refused) expect(() => planPreview(from, name, of)).toThrow(told);
  expect(() => fileOf("aws.global")).toThrow("aws.us-east-1.active-active");
});
