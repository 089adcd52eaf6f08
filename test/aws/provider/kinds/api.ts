import {
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  DeleteApiCommand,
  DeleteIntegrationCommand,
  DeleteRouteCommand,
  DeleteStageCommand,
  GetApiCommand,
} from "@aws-sdk/client-apigatewayv2";
import { account } from "../clients.ts";
import { ifThere, type Kind, text, there } from "../kind.ts";

export const api: Kind = {
  required: ["name", "protocolType", "region"],
  optional: ["disableExecuteApiEndpoint", "description", "tags"],
  enums: { protocolType: ["HTTP"] },
  identity: ["name", "region", "protocolType"],
  create: async (inputs, clients) => {
    const region = text(inputs.region);
    const { ApiId = "" } = await clients
      .api(region)
      .send(new CreateApiCommand({ Name: text(inputs.name), ProtocolType: "HTTP" }));
    const executionArn = `arn:aws:execute-api:${region}:${account}:${ApiId}`;
    const arn = `arn:aws:apigateway:${region}::/apis/${ApiId}`;
    return {
      id: ApiId,
      outputs: { apiEndpoint: `https://${ApiId}.execute-api.${region}.amazonaws.com`, executionArn, arn },
    };
  },
  remove: (id, state, clients) => ifThere(clients.api(text(state.region)).send(new DeleteApiCommand({ ApiId: id }))),
  exists: (id, state, clients) => there(clients.api(text(state.region)).send(new GetApiCommand({ ApiId: id }))),
};

/** The ARN of a function in that by which an API invokes it. */
const functionIn = (uri: string): string => /functions\/(arn:[^/]+)\/invocations$/.exec(uri)?.[1] ?? uri;

export const integration: Kind = {
  required: ["apiId", "integrationType", "region"],
  optional: ["integrationUri", "payloadFormatVersion", "timeoutMilliseconds", "integrationMethod"],
  enums: { integrationType: ["AWS_PROXY"], payloadFormatVersion: ["2.0"] },
  identity: ["apiId", "integrationType", "integrationUri", "region"],
  create: async (inputs, clients) => {
    const { IntegrationId = "" } = await clients.api(text(inputs.region)).send(
      new CreateIntegrationCommand({
        ApiId: text(inputs.apiId),
        IntegrationType: "AWS_PROXY",
        IntegrationUri: functionIn(text(inputs.integrationUri)),
        PayloadFormatVersion: "2.0",
      }),
    );
    return { id: IntegrationId, outputs: {} };
  },
  remove: (id, state, clients) =>
    ifThere(
      clients
        .api(text(state.region))
        .send(new DeleteIntegrationCommand({ ApiId: text(state.apiId), IntegrationId: id })),
    ),
};

export const route: Kind = {
  required: ["apiId", "routeKey", "region"],
  optional: ["authorizationType", "authorizerId", "target"],
  enums: { authorizationType: ["NONE", "AWS_IAM", "JWT"] },
  identity: ["apiId", "routeKey", "region", "target", "authorizationType"],
  create: async (inputs, clients) => {
    const { RouteId = "" } = await clients.api(text(inputs.region)).send(
      new CreateRouteCommand({
        ApiId: text(inputs.apiId),
        RouteKey: text(inputs.routeKey),
        Target: text(inputs.target),
      }),
    );
    return { id: RouteId, outputs: {} };
  },
  remove: (id, state, clients) =>
    ifThere(clients.api(text(state.region)).send(new DeleteRouteCommand({ ApiId: text(state.apiId), RouteId: id }))),
};

export const stage: Kind = {
  required: ["apiId", "name", "region"],
  optional: ["accessLogSettings", "autoDeploy", "defaultRouteSettings"],
  identity: ["apiId", "name", "region"],
  create: async (inputs, clients) => {
    const name = text(inputs.name);
    await clients
      .api(text(inputs.region))
      .send(new CreateStageCommand({ ApiId: text(inputs.apiId), StageName: name, AutoDeploy: true }));
    return { id: name, outputs: { invokeUrl: "" } };
  },
  remove: (id, state, clients) =>
    ifThere(clients.api(text(state.region)).send(new DeleteStageCommand({ ApiId: text(state.apiId), StageName: id }))),
};
