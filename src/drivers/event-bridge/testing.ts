import type { CommonSpec, EventBridgeSendSpec, SendSpec, SpecOf } from "../../define/spec.ts";
import { role } from "../sqs/testing.ts";
import { common } from "../testing.ts";

export const busArn = "arn:aws:events:us-east-1:111122223333:event-bus/theirs";

export const busSendSpec = (
  options: Partial<EventBridgeSendSpec> = {},
  change: Partial<CommonSpec> = {},
): SpecOf<"event-bridge", SendSpec> => ({
  ...common,
  ...change,
  driver: "event-bridge",
  role: "send",
  options: { buses: { main: busArn }, role, ...options },
});
