// Whole stacks of the environment on AWS against a recording engine.
import { resolve } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { answeredByAws, madeByAws } from "../../connectors/platforms/aws/test-support/made.ts";
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

/** Of the environment with all that may be asked for. */
export const ALL_SECRETS: Readonly<Record<string, string>> = { ...SECRETS, "bank-token": "token-of-bank" };

export interface RecordedStack {
  readonly seen: readonly Registered[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

export interface Recording {
  /** Nothing computed is known. */
  readonly preview: boolean;
  /** Of the environment's global stack, for a region's. Default: none. */
  readonly globalOutputs?: Readonly<Record<string, unknown>>;
  /** Of a preview stack: path of its environment, relative to infra. */
  readonly environment?: string;
  /** Default: those of the example. */
  readonly secrets?: Readonly<Record<string, string>>;
}

export async function recordStack(
  name: string,
  { preview, globalOutputs = {}, environment, secrets = SECRETS }: Recording,
): Promise<RecordedStack> {
  process.chdir(resolve(import.meta.dirname, ".."));
  const { seen, done } = await record(preview, {
    stack: name,
    outputs: (type, child, inputs) =>
      type === "pulumi:pulumi:StackReference"
        ? { outputs: globalOutputs, secretOutputNames: [] }
        : madeByAws(type, child, inputs),
    calls: answeredByAws,
  });
  pulumi.runtime.setAllConfig({
    "isthmus:secrets": JSON.stringify(secrets),
    ...(environment !== undefined && { "isthmus:environment": environment }),
  });
  const stack = parseStackName(name);
  const made: Record<string, unknown> = stack.kind === "global" ? await deployGlobal(stack) : await deployRegion(stack);
  await done();
  // In a preview some never become known.
  return { seen, outputs: preview ? {} : await resolved(pulumi.output(made)) };
}
