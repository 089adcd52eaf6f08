// The package's entry: what definitions, partners and environments are written with. Data and types, no SDK.
export type { Definition, Lookup } from "./connector.ts";
export { defineConnector, definePartner } from "./connector.ts";
export type { Cursor, FeedOptions, PollOptions, ReceiveOptions, Records, SendOptions } from "./drivers.ts";
export { amqp, eventBridge, http, postgres, pubsub, serviceBus, sftp, sqs } from "./drivers.ts";
export type { Environment, EnvironmentConnector } from "./environment.ts";
export { defineEnvironment } from "./environment.ts";
export type * from "./model.ts";
export { bySite, secret, setting } from "./model.ts";
export type { Platform } from "./policy.ts";
export { githubWebhook, shopifyWebhook, standardWebhooks, stripeWebhook } from "./presets.ts";
