// Clients of the AWS SDK for who looks at a preview from outside, one per service and region.
import { ApiGatewayV2Client } from "@aws-sdk/client-apigatewayv2";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import { IAMClient } from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { LambdaClient } from "@aws-sdk/client-lambda";
import { SchedulerClient } from "@aws-sdk/client-scheduler";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { SQSClient } from "@aws-sdk/client-sqs";
import { AwsClient, type Credentials } from "../../src/aws/client.ts";
import { Endpoints } from "../../src/aws/endpoints.ts";

interface Configuration {
  readonly region: string;
  readonly credentials: () => Promise<Credentials>;
  readonly endpoint?: string;
}

export class Clients {
  readonly #credentials: () => Promise<Credentials>;
  readonly #endpoints: Readonly<Record<string, string>>;
  readonly #made = new Map<string, { destroy(): void }>();

  constructor(credentials: () => Promise<Credentials>, endpoints: Readonly<Record<string, string>>) {
    this.#credentials = credentials;
    this.#endpoints = endpoints;
  }

  readonly api = (region: string) => this.#of(ApiGatewayV2Client, region);
  readonly dynamodb = (region: string) => this.#of(DynamoDBClient, region);
  readonly events = (region: string) => this.#of(EventBridgeClient, region);
  readonly iam = (region: string) => this.#of(IAMClient, region);
  readonly kms = (region: string) => this.#of(KMSClient, region);
  readonly lambda = (region: string) => this.#of(LambdaClient, region);
  readonly logs = (region: string) => this.#of(CloudWatchLogsClient, region);
  readonly scheduler = (region: string) => this.#of(SchedulerClient, region);
  readonly secrets = (region: string) => this.#of(SecretsManagerClient, region);
  readonly sqs = (region: string) => this.#of(SQSClient, region);

  /** For what has no client of the SDK here. */
  get signed(): AwsClient {
    return new AwsClient(this.#credentials, new Endpoints(this.#endpoints));
  }

  close(): void {
    for (const client of this.#made.values()) client.destroy();
  }

  #of<T extends { destroy(): void }>(Client: new (configuration: Configuration) => T, region: string): T {
    const key = `${Client.name} ${region}`;
    const known = this.#made.get(key);
    // One class under one key.
    if (known !== undefined) return known as T;
    const endpoint = this.#endpoints[region];
    const made = new Client({ region, credentials: this.#credentials, ...(endpoint !== undefined && { endpoint }) });
    this.#made.set(key, made);
    return made;
  }
}
