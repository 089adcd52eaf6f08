import {
  AddPermissionCommand,
  CreateEventSourceMappingCommand,
  CreateFunctionCommand,
  CreateFunctionUrlConfigCommand,
  DeleteEventSourceMappingCommand,
  DeleteFunctionCommand,
  DeleteFunctionConcurrencyCommand,
  DeleteFunctionUrlConfigCommand,
  GetEventSourceMappingCommand,
  GetFunctionCommand,
  PutFunctionConcurrencyCommand,
  RemovePermissionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
  waitUntilFunctionActiveV2,
} from "@aws-sdk/client-lambda";
import { zip } from "../../ministack/zip.ts";
import { account, type Clients } from "../clients.ts";
import { bag, type Inputs, ifThere, type Kind, list, maybe, number, text, texts, there } from "../kind.ts";

const runtimes = ["nodejs22.x", "nodejs24.x"];

/** Files of an archive of texts, as the engine sends it. */
const filesOf = (code: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(bag(bag(code).assets)).map(([name, asset]) => [name, text(bag(asset).text)]));

const zipOf = (inputs: Inputs): Uint8Array<ArrayBuffer> => Uint8Array.from(zip(filesOf(inputs.code)));
const settingsOf = (inputs: Inputs) => ({
  FunctionName: text(inputs.name),
  Role: text(inputs.role),
  Handler: text(inputs.handler),
  Timeout: number(inputs.timeout),
  MemorySize: number(inputs.memorySize),
  Environment: {
    Variables: Object.fromEntries(
      Object.entries(bag(bag(inputs.environment).variables)).map(([name, value]) => [name, text(value)]),
    ),
  },
});

async function reserve(inputs: Inputs, clients: Clients): Promise<void> {
  const client = clients.lambda(text(inputs.region));
  const FunctionName = text(inputs.name);
  const ReservedConcurrentExecutions = number(inputs.reservedConcurrentExecutions);
  if (ReservedConcurrentExecutions === undefined)
    await ifThere(client.send(new DeleteFunctionConcurrencyCommand({ FunctionName })));
  else await client.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }));
}

export const lambdaFunction: Kind = {
  required: ["name", "region", "role", "code", "handler", "runtime"],
  optional: [
    "architectures",
    "environment",
    "loggingConfig",
    "memorySize",
    "reservedConcurrentExecutions",
    "timeout",
    "vpcConfig",
    "kmsKeyArn",
    "description",
    "tags",
  ],
  enums: { runtime: runtimes, architectures: ["arm64", "x86_64"] },
  identity: ["name", "region"],
  create: async (inputs, clients) => {
    const region = text(inputs.region);
    const client = clients.lambda(region);
    const settings = settingsOf(inputs);
    // Functions run on the project's own Node, whatever is named here.
    await client.send(
      new CreateFunctionCommand({ ...settings, Runtime: "nodejs22.x", Code: { ZipFile: zipOf(inputs) } }),
    );
    await waitUntilFunctionActiveV2(
      { client, maxWaitTime: 30, minDelay: 1, maxDelay: 1 },
      { FunctionName: settings.FunctionName },
    );
    await reserve(inputs, clients);
    const arn = `arn:aws:lambda:${region}:${account}:function:${settings.FunctionName}`;
    const invokeArn = `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${arn}/invocations`;
    return { id: settings.FunctionName, outputs: { arn, invokeArn } };
  },
  update: async (id, inputs, state, clients) => {
    const client = clients.lambda(text(inputs.region));
    if (JSON.stringify(filesOf(inputs.code)) !== JSON.stringify(filesOf(state.code))) {
      await client.send(new UpdateFunctionCodeCommand({ FunctionName: id, ZipFile: zipOf(inputs) }));
    }
    await client.send(new UpdateFunctionConfigurationCommand(settingsOf(inputs)));
    await reserve(inputs, clients);
    return {};
  },
  remove: (id, state, clients) =>
    ifThere(clients.lambda(text(state.region)).send(new DeleteFunctionCommand({ FunctionName: id }))),
  exists: (id, state, clients) =>
    there(clients.lambda(text(state.region)).send(new GetFunctionCommand({ FunctionName: id }))),
};

const onFailure = (inputs: Inputs): string | undefined =>
  maybe(bag(bag(inputs.destinationConfig).onFailure).destinationArn);

export const eventSourceMapping: Kind = {
  required: ["eventSourceArn", "functionName", "region"],
  optional: [
    "batchSize",
    "bisectBatchOnFunctionError",
    "destinationConfig",
    "enabled",
    "filterCriteria",
    "functionResponseTypes",
    "maximumBatchingWindowInSeconds",
    "maximumRecordAgeInSeconds",
    "maximumRetryAttempts",
    "parallelizationFactor",
    "scalingConfig",
    "startingPosition",
    "tags",
  ],
  enums: { functionResponseTypes: ["ReportBatchItemFailures"], startingPosition: ["LATEST", "TRIM_HORIZON"] },
  identity: ["eventSourceArn", "functionName", "region", "startingPosition"],
  create: async (inputs, clients) => {
    const failed = onFailure(inputs);
    const filters = list(bag(inputs.filterCriteria).filters).map(({ pattern }) => ({ Pattern: text(pattern) }));
    const { UUID = "" } = await clients.lambda(text(inputs.region)).send(
      new CreateEventSourceMappingCommand({
        EventSourceArn: text(inputs.eventSourceArn),
        FunctionName: text(inputs.functionName),
        BatchSize: number(inputs.batchSize),
        BisectBatchOnFunctionError: inputs.bisectBatchOnFunctionError === true,
        ...(texts(inputs.functionResponseTypes).length > 0 && { FunctionResponseTypes: ["ReportBatchItemFailures"] }),
        MaximumRetryAttempts: number(inputs.maximumRetryAttempts),
        MaximumRecordAgeInSeconds: number(inputs.maximumRecordAgeInSeconds),
        ...(inputs.startingPosition === "TRIM_HORIZON" && { StartingPosition: "TRIM_HORIZON" }),
        ...(inputs.startingPosition === "LATEST" && { StartingPosition: "LATEST" }),
        ...(filters.length > 0 && { FilterCriteria: { Filters: filters } }),
        ...(failed !== undefined && { DestinationConfig: { OnFailure: { Destination: failed } } }),
      }),
    );
    return { id: UUID, outputs: { uuid: UUID } };
  },
  remove: (id, state, clients) =>
    ifThere(clients.lambda(text(state.region)).send(new DeleteEventSourceMappingCommand({ UUID: id }))),
  exists: (id, state, clients) =>
    there(clients.lambda(text(state.region)).send(new GetEventSourceMappingCommand({ UUID: id }))),
};

export const permission: Kind = {
  required: ["action", "function", "principal", "region"],
  optional: ["functionUrlAuthType", "sourceAccount", "sourceArn", "statementId", "invokedViaFunctionUrl"],
  enums: { functionUrlAuthType: ["AWS_IAM"] },
  identity: [
    "action",
    "function",
    "principal",
    "region",
    "functionUrlAuthType",
    "sourceAccount",
    "sourceArn",
    "statementId",
  ],
  create: async (inputs, clients) => {
    const StatementId = text(inputs.statementId);
    await clients.lambda(text(inputs.region)).send(
      new AddPermissionCommand({
        FunctionName: text(inputs.function),
        StatementId,
        Action: text(inputs.action),
        Principal: text(inputs.principal),
        SourceArn: maybe(inputs.sourceArn),
        SourceAccount: maybe(inputs.sourceAccount),
      }),
    );
    return { id: StatementId, outputs: {} };
  },
  remove: (id, state, clients) =>
    ifThere(
      clients
        .lambda(text(state.region))
        .send(new RemovePermissionCommand({ FunctionName: text(state.function), StatementId: id })),
    ),
};

export const functionUrl: Kind = {
  required: ["authorizationType", "functionName", "region"],
  optional: ["cors", "invokeMode", "qualifier"],
  enums: { authorizationType: ["AWS_IAM"] },
  identity: ["functionName", "region"],
  create: async (inputs, clients) => {
    const FunctionName = text(inputs.functionName);
    const { FunctionUrl = "" } = await clients
      .lambda(text(inputs.region))
      .send(new CreateFunctionUrlConfigCommand({ FunctionName, AuthType: "AWS_IAM" }));
    return {
      id: FunctionName,
      outputs: { functionUrl: FunctionUrl, urlId: FunctionUrl.split("//")[1]?.split(".")[0] ?? "" },
    };
  },
  remove: (id, state, clients) =>
    ifThere(clients.lambda(text(state.region)).send(new DeleteFunctionUrlConfigCommand({ FunctionName: id }))),
};
