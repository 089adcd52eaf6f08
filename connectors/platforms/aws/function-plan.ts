// A function on Lambda, from what it is for. Pure.
import type { AwsGatewayPlan } from "./gateway-plan.ts";
import { writeLogs } from "./grants.ts";
import { functionName, roleName } from "./names.ts";
import { merged, type Statement } from "./policy.ts";

export type AwsFunction = "accept" | "dispatch" | "feed" | "keeper" | "admin";

interface Size {
  readonly memoryMb: number;
  readonly timeoutSeconds: number;
  /** Instances that are kept for it, and most that it has; null: as many as are called for. */
  readonly reserved: number | null;
}
const LONGEST_SECONDS = 900;

/** Sizes, each written once. */
export const sizes: Readonly<Record<AwsFunction, Size>> = {
  accept: { memoryMb: 256, timeoutSeconds: 15, reserved: null },
  /** One works under the connector's claim; the second finds it taken and returns. */
  dispatch: { memoryMb: 512, timeoutSeconds: LONGEST_SECONDS, reserved: 2 },
  /** A reader may wait 30 s, which is longer than an HTTP API does. */
  feed: { memoryMb: 256, timeoutSeconds: 29, reserved: null },
  keeper: { memoryMb: 256, timeoutSeconds: LONGEST_SECONDS, reserved: 1 },
  admin: { memoryMb: 512, timeoutSeconds: 60, reserved: null },
};
export const RUNTIME = "nodejs24.x";
export const ARCHITECTURE = "arm64";
export const HANDLER = "index.handler";

export interface FunctionPlan extends Size {
  readonly kind: AwsFunction;
  readonly name: string;
  readonly logGroup: string;
  readonly role: string;
  readonly statements: readonly Statement[];
}

/** @param of the connector whose function it is; null: the gateway's own */
export function planFunction(
  gateway: AwsGatewayPlan,
  kind: AwsFunction,
  of: string | null,
  statements: readonly Statement[],
): FunctionPlan {
  const parts = of === null ? [kind] : [of, kind];
  const name = functionName(gateway.scope, ...parts);
  const logGroup = `/aws/lambda/${name}`;
  return {
    ...sizes[kind],
    kind,
    name,
    logGroup,
    role: roleName(gateway.scope, gateway.region, ...parts),
    statements: merged([...writeLogs(gateway, logGroup), ...statements]),
  };
}

/** Lambda takes 4 KB of variables in all. What is longer lies in a file beside the code. Bytes. */
export const LONGEST_CONFIG = 3_900;
/** The variable `ISTHMUS` then. */
export const CONFIG_IN_FILE = "config.json";
/** How long logs are kept. */
export const LOG_DAYS = 30;
