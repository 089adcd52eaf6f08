// A connector's functions, bundled and uploaded as they are deployed.
import { relative, resolve } from "node:path";
import { bundleLambda, type LambdaConnector } from "../../../connectors/bundle/lambda/lambda.ts";
import type { ConnectorConfig } from "../../../src/hosts/lambda/config.ts";
import { makeFunction, rest } from "../ministack/functions.ts";
import type { Place } from "./place.ts";

const root = resolve(import.meta.dirname, "../../..");

export interface Uploading extends Pick<LambdaConnector, "role" | "driver"> {
  /** Absolute path. */
  readonly definition: string;
  readonly config?: Partial<ConnectorConfig>;
  readonly timeoutS?: number;
}

/** Makes the functions `<name>-<what it does>`. */
export const upload = async ({ aws, config }: Place, name: string, uploading: Uploading): Promise<void> => {
  const { definition, role, driver, timeoutS } = uploading;
  const connector = { name, definition: relative(root, definition), role, driver };
  const codes = (await bundleLambda([connector], root)).get(name) ?? {};
  const variables = { ISTHMUS: JSON.stringify(config({ role, ...uploading.config })) };
  for (const [what, { code, beside }] of Object.entries(codes)) {
    const options = { name: `${name}-${what}`, code, beside, variables };
    await makeFunction(aws, { ...options, ...(timeoutS !== undefined && { timeoutS }) });
  }
};

/** Calls a function and waits for what it answers. */
export const invoke = ({ aws }: Place, name: string): Promise<unknown> =>
  rest(aws, "lambda", `2015-03-31/functions/${name}/invocations`, {});
