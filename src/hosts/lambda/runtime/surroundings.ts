// What a function finds around it when it runs, so that a test can put something else there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as z from "zod/mini";
import { AwsClient, type Credentials } from "../../../aws/client.ts";
import type { Units } from "../../../aws/dynamo/units.ts";
import { Endpoints } from "../../../aws/endpoints.ts";
import type { Clock, Random } from "../../../core/ports.ts";
import { nodeClock } from "../../shared/clock.ts";
import { jsonLog, type Log } from "./log.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

export interface Surroundings {
  readonly variables: Variables;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Told what each call to a table consumes. Default: nobody is. */
  readonly units?: Units;
}

/** What Lambda calls a handler with, as far as it is looked at. */
export interface Invocation {
  readonly awsRequestId: string;
  getRemainingTimeInMillis(): number;
}

export type Handler<R> = (event: unknown, invocation: Invocation) => Promise<R>;

export const onLambda: Surroundings = {
  variables: process.env,
  clock: nodeClock,
  random: Math.random,
  log: jsonLog((line) => process.stdout.write(`${line}\n`), process.env.AWS_LAMBDA_FUNCTION_NAME ?? ""),
};

/**
 * The configuration in the variable `ISTHMUS`, or in the file beside the code that it names: a gateway of many connectors is
 * told more than a variable may hold. @throws Error that names each field that is wrong, and no value */
export const configOf = <T>(schema: z.ZodMiniType<T>, { ISTHMUS, LAMBDA_TASK_ROOT = "." }: Variables): T => {
  if (ISTHMUS === undefined) throw new Error("the function has no variable ISTHMUS: it was not deployed by Isthmus");
  const text = ISTHMUS.startsWith("{") ? ISTHMUS : readFileSync(join(LAMBDA_TASK_ROOT, ISTHMUS), "utf8");
  const result = schema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new Error(
    `ISTHMUS: ${result.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("; ")}`,
  );
};

/** Signs as the function's role. Lambda keeps the variables current for as long as a call runs. */
export const clientOf = (
  { variables }: Surroundings,
  { endpoints }: { readonly endpoints: Readonly<Record<string, string>> },
): AwsClient => new AwsClient(() => credentialsIn(variables), new Endpoints(endpoints));

const credentialsIn = ({ AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN }: Variables): Credentials => {
  if (AWS_ACCESS_KEY_ID === undefined || AWS_SECRET_ACCESS_KEY === undefined) {
    throw new Error("the function has no credentials: it needs a role");
  }
  return {
    accessKeyId: AWS_ACCESS_KEY_ID,
    secretAccessKey: AWS_SECRET_ACCESS_KEY,
    ...(AWS_SESSION_TOKEN !== undefined && { sessionToken: AWS_SESSION_TOKEN }),
  };
};
