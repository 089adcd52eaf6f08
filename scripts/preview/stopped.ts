// Functions of a region that are called no more: what a region that is lost looks like to the other, where none can be killed.
import {
  DeleteFunctionConcurrencyCommand,
  GetFunctionConcurrencyCommand,
  type LambdaClient,
  PutFunctionConcurrencyCommand,
  paginateListFunctions,
} from "@aws-sdk/client-lambda";

/** What each had, to be given back. null: nothing of its own. */
export type Reserved = ReadonlyMap<string, number | null>;

/** Names of the functions that begin with something. */
export async function functionsOf(client: LambdaClient, prefix: string): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const { Functions = [] } of paginateListFunctions({ client }, {})) {
    names.push(
      ...Functions.flatMap(({ FunctionName = "" }) => (FunctionName.startsWith(prefix) ? [FunctionName] : [])),
    );
  }
  return names;
}

/** No call of them is let in. What runs goes on until it ends. */
export async function stop(client: LambdaClient, functions: readonly string[]): Promise<Reserved> {
  const had = new Map<string, number | null>();
  for (const FunctionName of functions) {
    const { ReservedConcurrentExecutions } = await client.send(new GetFunctionConcurrencyCommand({ FunctionName }));
    had.set(FunctionName, ReservedConcurrentExecutions ?? null);
    await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }));
  }
  return had;
}

/** They are called again, as they were before. */
export async function start(client: LambdaClient, reserved: Reserved): Promise<void> {
  for (const [FunctionName, ReservedConcurrentExecutions] of reserved) {
    if (ReservedConcurrentExecutions === null)
      await client.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
    else await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
  }
}
