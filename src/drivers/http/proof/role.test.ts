import { describe, expect, it } from "vitest";
import type { InboundRequest } from "../../port.ts";
import { proved, receive, receiverOf, requestOf, statusOf } from "../receive/testing.ts";

const role = "arn:aws:iam::111122223333:role/partners/acme";
const session = "arn:aws:sts::111122223333:assumed-role/acme/i-0a1b2c";
const receiver = (roles: readonly string[] = [role]) => receiverOf({ options: { verify: [{ scheme: "iam", roles }] } });
const call = (arn: string | null, roles?: readonly string[], change: Partial<InboundRequest> = {}): number =>
  statusOf(receive(receiver(roles), requestOf(proved, "{}", { ...(arn !== null && { caller: { arn } }), ...change })));

describe("a call that AWS has checked", () => {
  it("by one who has taken on a role of the partner's is taken", () => {
    expect(call(session)).toBe(202);
    expect(call(session, ["arn:aws:iam::999999999999:role/other", role])).toBe(202);
    expect(call("arn:aws-us-gov:sts::111122223333:assumed-role/acme/s", [role.replace("aws", "aws-us-gov")])).toBe(202);
  });

  it.each([
    ["nobody", null],
    ["another role", session.replace("/acme/", "/acme2/")],
    ["a role of that name in another account", session.replace("111122223333", "111122223334")],
    ["a role of that name in another partition", session.replace("arn:aws:", "arn:aws-cn:")],
    ["a session of that name", "arn:aws:sts::111122223333:assumed-role/other/acme"],
    ["a user of that name", "arn:aws:iam::111122223333:user/acme"],
    ["the account's root", "arn:aws:iam::111122223333:root"],
    ["a federated user", "arn:aws:sts::111122223333:federated-user/acme"],
    ["the role itself, which calls nothing", role],
    ["more than an ARN", `${session}\n`],
    ["nothing", ""],
  ])("by %s is refused", (_name, arn) => expect(call(arn)).toBe(401));

  it("is not believed by what its headers say", () => {
    expect(call(null, [role], { headers: { ...proved, caller: session, "x-amzn-caller": session } })).toBe(401);
  });

  it("needs whole names: what is no role's ARN is refused when the connector is built", () => {
    for (const arn of ["*", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::111122223333:root", "acme"]) {
      expect(() => receiver([arn])).toThrow(/^via\.verify\.roles: '.*' is not the ARN of a role/);
    }
  });
});
