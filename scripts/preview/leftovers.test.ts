import { expect, test } from "vitest";
import {
  busName,
  cursorSecretName,
  functionName,
  keyAlias,
  payloadBucketName,
  queueName,
  roleName,
  tables,
} from "../../connectors/platforms/aws/names.ts";
import { isOf } from "./leftovers.ts";

const scope = { environment: "preview-t1", mode: "active-active" } as const;
const names = [
  busName(scope),
  cursorSecretName(scope.environment),
  functionName(scope, "given", "dispatch"),
  `/aws/lambda/${functionName(scope, "keeper")}`,
  keyAlias(scope.environment),
  payloadBucketName(scope, { account: "123456789012", region: "us-east-1" }),
  queueName(scope, true, "sent", "dead"),
  roleName(scope, "us-east-1", "a-connector-whose-name-is-very-long-indeed", "dispatch"),
  tables.regional(scope),
];

test("whatever we name is found by its environment, and not by another whose name begins like it", () => {
  expect(names.filter((name) => !isOf("preview-t1", name))).toEqual([]);
  expect(names.filter((name) => isOf("preview-t", name) || isOf("preview-t12", name))).toEqual([]);
  expect(["isthmus", "our-own", "/aws/lambda/preview-t1"].filter((name) => isOf("preview-t1", name))).toEqual([]);
});
