import { expect, test } from "vitest";
import { filesThatNeedIt, hindrance } from "./needed.ts";

const root = process.cwd();
const why = await hindrance();

test("tests that start an emulated region are known, so that they can be left out", () => {
  const files = filesThatNeedIt(root);
  expect(files).toContain("src/aws/dynamo/dynamo-table.test.ts");
  expect(files).toContain("test/aws/emulation/two-regions.test.ts");
  expect(files).not.toContain("test/aws/ministack/needed.test.ts");
});

// One for each file that the configuration leaves out, so that they are counted.
if (why !== null) test.skip.each(filesThatNeedIt(root))(`%s: ${why}`, () => {});
