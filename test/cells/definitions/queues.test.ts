import { expect, test } from "vitest";
import { checkEnvironment } from "../../../src/define/check/environment.ts";
import { defineEnvironment } from "../../../src/define/index.ts";
import busReceiveAa from "./event-bridge/receive-aa.ts";
import busReceivePs from "./event-bridge/receive-ps.ts";
import busSendAa from "./event-bridge/send-aa.ts";
import busSendPs from "./event-bridge/send-ps.ts";
import pollAa from "./sqs/poll-aa.ts";
import pollPs from "./sqs/poll-ps.ts";
import receiveAa from "./sqs/receive-aa.ts";
import receivePs from "./sqs/receive-ps.ts";
import sendAa from "./sqs/send-aa.ts";
import sendPs from "./sqs/send-ps.ts";

const sqs = {
  "receive-ps": receivePs,
  "receive-aa": receiveAa,
  "poll-ps": pollPs,
  "poll-aa": pollAa,
  "send-ps": sendPs,
  "send-aa": sendAa,
};
const eventBridge = {
  "receive-ps": busReceivePs,
  "receive-aa": busReceiveAa,
  "send-ps": busSendPs,
  "send-aa": busSendAa,
};

test.each([
  ["sqs", sqs],
  ["event-bridge", eventBridge],
] as const)("nothing of the cells of %s is refused on aws, and nothing is missing", (driver, definitions) => {
  const environment = defineEnvironment({
    platform: "aws",
    regions: ["us-east-1", "us-west-2"],
    witness: "us-east-2",
    connectors: Object.fromEntries(Object.keys(definitions).map((name) => [name, `${driver}/${name}.ts`])),
  });
  expect(checkEnvironment(environment, definitions, { secrets: [], settings: {} })).toEqual([]);
  for (const definition of Object.values(definitions)) expect(definition).toMatchObject({ via: { driver } });
});
