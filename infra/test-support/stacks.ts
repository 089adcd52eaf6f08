// Whole stacks of the environment on AWS against a recording engine.
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { ACCOUNT, madeByAws } from "../../connectors/platforms/aws/test-support/made.ts";
import { type Registered, record, resolved } from "../../connectors/test-support/record.ts";
import { parseStackName } from "../config/stack.ts";
import { deployGlobal } from "../global.ts";
import { deployRegion } from "../region.ts";

export const SECRETS: Readonly<Record<string, string>> = {
  "github-webhook": "secret-of-github",
  "billing-signing": "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
  "erp-key": "secret-of-erp",
  "insurer-underwriting": "secret-of-insurer",
  "sensors-hmac": "secret-of-sensors",
  "sensors-token": "token-of-sensors",
};

export interface RecordedStack {
  readonly seen: readonly Registered[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** @param globalOutputs of the environment's global stack, for a region's */
export async function recordStack(
  name: string,
  preview: boolean,
  globalOutputs: Readonly<Record<string, unknown>> = {},
): Promise<RecordedStack> {
  process.chdir(resolve(import.meta.dirname, ".."));
  const { seen, done } = await record(preview, {
    stack: name,
    outputs: (type, child, inputs) =>
      type === "pulumi:pulumi:StackReference"
        ? { outputs: globalOutputs, secretOutputNames: [] }
        : madeByAws(type, child, inputs),
    calls: (token) => (token.includes("getCallerIdentity") ? { accountId: ACCOUNT } : undefined),
  });
  pulumi.runtime.setAllConfig({ "isthmus:secrets": JSON.stringify(SECRETS) });
  const stack = parseStackName(name);
  const made: Record<string, unknown> = stack.kind === "global" ? await deployGlobal(stack) : await deployRegion(stack);
  await done();
  // In a preview some never become known.
  return { seen, outputs: preview ? {} : await resolved(pulumi.output(made)) };
}
