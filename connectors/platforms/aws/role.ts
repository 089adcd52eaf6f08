// A role of ours with what it may do.
import { Policy } from "@pulumi/aws/iam/policy.js";
import { Role } from "@pulumi/aws/iam/role.js";
import { RolePolicy } from "@pulumi/aws/iam/rolePolicy.js";
import { RolePolicyAttachment } from "@pulumi/aws/iam/rolePolicyAttachment.js";
import type * as pulumi from "@pulumi/pulumi";
import { rolePolicies, type Statement } from "./policy.ts";

export interface RoleOptions {
  /** Physical. */
  readonly name: string;
  readonly trust: pulumi.Input<string>;
  readonly statements: readonly Statement[];
  /** Logical suffixes and ARNs of policies of AWS's own. @default none */
  readonly ofAws?: Readonly<Record<string, string>>;
}

export interface MadeRole {
  readonly role: Role;
  /** What uses the role has to wait for them. */
  readonly policies: readonly pulumi.Resource[];
}

/** @param child logical name that those of its resources begin with */
export function makeRole(
  parent: pulumi.Resource,
  child: string,
  { name, trust, statements, ofAws = {} }: RoleOptions,
): MadeRole {
  const role = new Role(`${child}-role`, { name, assumeRolePolicy: trust }, { parent });
  const { kind, texts } = rolePolicies(statements);
  const policies = texts.map((policy, index) =>
    kind === "inline"
      ? new RolePolicy(`${child}-policy`, { role: role.name, name: "own", policy }, { parent })
      : attached(parent, `${child}-policy-${index + 1}`, role, { name: `${name}-${index + 1}`, policy }),
  );
  const given = Object.entries(ofAws).map(
    ([suffix, policyArn]) => new RolePolicyAttachment(`${child}-${suffix}`, { role: role.name, policyArn }, { parent }),
  );
  return { role, policies: [...policies, ...given] };
}

function attached(parent: pulumi.Resource, child: string, role: Role, args: { name: string; policy: string }) {
  const policy = new Policy(child, args, { parent });
  return new RolePolicyAttachment(`${child}-attached`, { role: role.name, policyArn: policy.arn }, { parent });
}
