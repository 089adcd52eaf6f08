// Clients of the AWS SDK, one per service and region, against the emulated regions.
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

export const account = "000000000000";

/** Where each region is emulated: url by region. */
export type EmulatedRegions = Readonly<Record<string, string>>;

/** @throws where the region is not emulated */
export function endpointOf(regions: EmulatedRegions, region: string): string {
  const url = regions[region];
  if (url === undefined)
    throw new Error(`region '${region}' is not emulated; there are: ${Object.keys(regions).join(", ")}`);
  return url;
}

export class Clients {
  readonly regions: EmulatedRegions;
  readonly #made = new Map<string, unknown>();

  constructor(regions: EmulatedRegions) {
    this.regions = regions;
  }

  readonly dynamodb = (region: string) => this.#of(DynamoDBClient, region);
  readonly sqs = (region: string) => this.#of(SQSClient, region);
  readonly events = (region: string) => this.#of(EventBridgeClient, region);
  readonly lambda = (region: string) => this.#of(LambdaClient, region);
  readonly api = (region: string) => this.#of(ApiGatewayV2Client, region);
  readonly iam = (region: string) => this.#of(IAMClient, region);
  readonly secrets = (region: string) => this.#of(SecretsManagerClient, region);
  readonly kms = (region: string) => this.#of(KMSClient, region);
  readonly scheduler = (region: string) => this.#of(SchedulerClient, region);
  readonly logs = (region: string) => this.#of(CloudWatchLogsClient, region);

  #of<T>(
    Client: new (config: {
      region: string;
      endpoint: string;
      credentials: { accessKeyId: string; secretAccessKey: string };
      maxAttempts: number;
    }) => T,
    region: string,
  ): T {
    const key = `${Client.name} ${region}`;
    const known = this.#made.get(key);
    // One class under one key.
    if (known !== undefined) return known as T;
    const client = new Client({
      region,
      endpoint: endpointOf(this.regions, region),
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      maxAttempts: 3,
    });
    this.#made.set(key, client);
    return client;
  }
}
