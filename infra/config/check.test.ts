import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Environment } from "../../src/define/environment.ts";
import { checkStack, requireGood } from "./check.ts";
import { environmentOf, loadEnvironment } from "./environment.ts";
import type { RegionStack } from "./stack.ts";

const root = join(import.meta.dirname, "..");
const local = await loadEnvironment("local");
const secrets = ["billing-signing", "github-webhook"];
const stack: RegionStack = {
  kind: "region",
  environment: "local",
  file: "local",
  region: "east",
  mode: "active-active",
};

describe("an environment", () => {
  test("that the project ships can be deployed with its secrets", () => {
    requireGood("local", local, { secrets }, root);
  });

  test("without a secret is refused, naming it and how to set it", () => {
    const deploy = () => requireGood("preview-1", local, { secrets: ["github-webhook"] }, root);
    expect(deploy).toThrow("connectors.billing-invoices.secrets: secret 'billing-signing' is missing");
    expect(deploy).toThrow(
      "pulumi config set --secret --path 'isthmus:secrets[\"billing-signing\"]' -s preview-1.global",
    );
  });

  test("with several mistakes is refused with all of them", () => {
    const wrong: Environment = { ...local, settings: { "billing-url-primary": "not a url" }, loopback: ["10.0.0.1:1"] };
    const deploy = () => requireGood("local", wrong, { secrets }, root);
    expect(deploy).toThrow(/loopback\[0\][\s\S]*billing-url-secondary/);
  });

  test("whose file is not there is refused with those that are", async () => {
    await expect(loadEnvironment("production")).rejects.toThrow(
      /no environment 'production' in infra\/environments; there are: .*local/,
    );
  });
});

describe("a file of its own", () => {
  const own = { environment: "../test/cells/local/environment.ts" };

  test("is what a preview stack may have", async () => {
    const preview = await environmentOf({ ...stack, environment: "preview-cells" }, own);
    expect(Object.keys(preview.connectors)).toContain("receive-ps");
  });

  test("is refused for any other stack", async () => {
    await expect(environmentOf(stack, own)).rejects.toThrow("only a preview stack");
  });

  test("that is not there is named", async () => {
    const nowhere = environmentOf({ ...stack, environment: "preview-cells" }, { environment: "../nowhere.ts" });
    await expect(nowhere).rejects.toThrow(/isthmus:environment: there is no file .*nowhere\.ts/);
  });
});

describe("a region's stack", () => {
  test("of the environment has no problem", () => {
    expect(checkStack(stack, { only: ["github-pushes"], paused: [] }, local)).toEqual([]);
  });

  test("of a region that the environment does not have is refused with those that it has", () => {
    expect(checkStack({ ...stack, region: "north" }, { only: [], paused: [] }, local)).toMatchObject([
      { path: "region", message: "'north' is not a region of local: east, west" },
    ]);
  });

  test("that names a connector which the environment does not have is refused", () => {
    expect(checkStack(stack, { only: ["github-push"], paused: ["x"] }, local)).toMatchObject([
      {
        path: "isthmus:only",
        message: expect.stringContaining("there is no connector 'github-push'; there are: github-pushes"),
      },
      { path: "isthmus:paused" },
    ]);
  });
});
