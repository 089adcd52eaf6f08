import { expect, it } from "vitest";
import { inboundOf } from "./http-event.ts";

const arn = "arn:aws:sts::111122223333:assumed-role/acme/session";
const callerOf = (context: object, headers: Readonly<Record<string, string>> = {}) => {
  const event = { rawPath: "/orders", headers, requestContext: { http: { method: "POST" }, ...context }, body: "{}" };
  const inbound = inboundOf(event, 1_000);
  return inbound.kind === "request" ? inbound.request.caller : inbound.kind;
};

it("who called is whose signature the API has checked", () => {
  expect(callerOf({ authorizer: { iam: { userArn: arn, accessKey: "ASIA", cognitoIdentity: null } } })).toEqual({
    arn,
  });
});

it("is nobody where it checked none, whatever the headers say", () => {
  expect(callerOf({})).toBeUndefined();
  expect(callerOf({ authorizer: { jwt: { claims: { userArn: arn } } } })).toBeUndefined();
  expect(callerOf({ authorizer: { iam: { userArn: null } } })).toBeUndefined();
  expect(callerOf({}, { userarn: arn, authorizer: arn })).toBeUndefined();
});
