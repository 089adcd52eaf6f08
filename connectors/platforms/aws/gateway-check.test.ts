import { expect, test } from "vitest";
import type { RegionFacts } from "../../gateway/facts.ts";
import { planGateway } from "../../gateway/plan.ts";
import { factsOf } from "./test-support/gateway.ts";

const own: RegionFacts = { region: "us-east-1" };

test.each([
  ["no topic", "on-call", "alarmTopic: must be the ARN of an SNS topic, not 'on-call'"],
  [
    "a topic of another region",
    "arn:aws:sns:us-west-2:123456789012:on-call",
    "alarmTopic: stands in 'us-west-2', and its alarms in 'us-east-1'",
  ],
])("refused: alarms that tell %s", (_, alarmTopic, message) => {
  expect(() => planGateway("gateway", factsOf(), { ...own, alarmTopic })).toThrow(message);
});

test("alarms may tell a topic of their region, or nobody", () => {
  const alarmTopic = "arn:aws:sns:us-east-1:210987654321:on-call";
  for (const region of [own, { ...own, alarmTopic }]) {
    expect(planGateway("gateway", factsOf(), region)).toMatchObject({ platform: "aws" });
  }
});
