// The roles in which people reach the admin function: to read, and to operate.
import type { Function as LambdaFunction } from "@pulumi/aws/lambda/function.js";
import { Permission } from "@pulumi/aws/lambda/permission.js";
import type * as pulumi from "@pulumi/pulumi";
import { arns } from "./arns.ts";
import type { Surroundings } from "./function.ts";
import type { AwsGatewayPlan } from "./gateway-plan.ts";
import { functionName, roleName } from "./names.ts";
import { allow, policyText, type Statement } from "./policy.ts";
import { makeRole } from "./role.ts";

const PARTS = ["read", "operate"] as const;
export type Part = (typeof PARTS)[number];
export const personRole = (plan: AwsGatewayPlan, part: Part): string => roleName(plan.scope, plan.region, part);

/** Whom the account lets take on the role; who that is, its own policies say. */
const trustAccount = (account: string): string =>
  policyText([{ Effect: "Allow", Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: ["sts:AssumeRole"] }]);

export function makePeople({ parent, name, region }: Surroundings, plan: AwsGatewayPlan, admin: LambdaFunction) {
  const url = arns.function(plan, functionName(plan.scope, "admin"));
  // Calls by url need leave to invoke as well, by url only.
  const statements: readonly Statement[] = [
    allow(["lambda:InvokeFunctionUrl"], [url], { StringEquals: { "lambda:FunctionUrlAuthType": "AWS_IAM" } }),
    allow(["lambda:InvokeFunction"], [url], { Bool: { "lambda:InvokedViaFunctionUrl": "true" } }),
  ];
  const made = PARTS.map((part) => {
    const { role } = makeRole(parent, `${name}-${part}`, {
      name: personRole(plan, part),
      trust: trustAccount(plan.account),
      statements,
    });
    new Permission(
      `${name}-${part}-url`,
      {
        region,
        statementId: part,
        action: "lambda:InvokeFunctionUrl",
        function: admin.name,
        principal: role.arn,
        functionUrlAuthType: "AWS_IAM",
      },
      { parent },
    );
    return [part, role.arn] as const;
  });
  const arnOf = (part: Part): pulumi.Output<string> => made.find(([one]) => one === part)?.[1] ?? admin.arn;
  return { read: arnOf("read"), operate: arnOf("operate") };
}
