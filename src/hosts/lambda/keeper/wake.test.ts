import { expect, test } from "vitest";
import { AwsClient } from "../../../aws/client.ts";
import { Endpoints } from "../../../aws/endpoints.ts";
import { answers, startSite } from "../../../drivers/http/site/site-double.ts";
import { LambdaWake } from "./wake.ts";

const worldOf = async () => {
  const lambda = await startSite();
  const failures: string[] = [];
  const client = new AwsClient(
    () => ({ accessKeyId: "test", secretAccessKey: "test" }),
    new Endpoints({ "us-east-1": lambda.url }),
  );
  const failed = (name: string): void => void failures.push(name);
  const wake = new LambdaWake({ client, region: "us-east-1", engines: { orders: "o" }, keeper: "k", failed });
  return { lambda, failures, wake };
};

test("a function is started though Lambda refuses the first calls, since it asks for fewer of them", async () => {
  const { lambda, failures, wake } = await worldOf();
  lambda.behave(answers(429));
  wake.engine("orders");
  await expect.poll(() => lambda.calls.length).toBeGreaterThan(0);
  lambda.behave(answers(202));
  await wake.settled();
  expect([lambda.calls.length > 1, failures]).toEqual([true, []]);
  await lambda.close();
});

test("a function that there is not is told at once, and not asked for again", async () => {
  const { lambda, failures, wake } = await worldOf();
  lambda.behave(answers(404));
  wake.keeper();
  await wake.settled();
  expect([lambda.calls.length, failures]).toEqual([1, ["k"]]);
  await lambda.close();
});
