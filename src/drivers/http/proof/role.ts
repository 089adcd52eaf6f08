/** Callers whose signature AWS has checked before the call came to us: which of them are the partner's. */
import { Unsupported } from "../../unsupported.ts";

interface Role {
  readonly partition: string;
  readonly account: string;
  readonly name: string;
}

const roleArn = /^arn:(aws[a-z-]*):iam::(\d{12}):role\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]+)$/;
/** Who has taken on a role is known by its name without its path; in an account no two roles share one. */
const sessionArn = /^arn:(aws[a-z-]*):sts::(\d{12}):assumed-role\/([\w+=,.@-]+)\/[\w+=,.@-]+$/;

/** @returns whether the caller, by its ARN, has taken on one of the roles. @throws Unsupported where one is no role's ARN */
export const roleCheck = (roles: readonly string[], field: string): ((caller: string | undefined) => boolean) => {
  const known = roles.map((arn) => {
    const role = roleIn(arn, roleArn);
    if (role === null) throw new Unsupported(`${field}.roles`, `'${arn}' is not the ARN of a role`);
    return role;
  });
  return (caller) => {
    const session = caller === undefined ? null : roleIn(caller, sessionArn);
    return session !== null && known.some((role) => isSame(role, session));
  };
};

const roleIn = (arn: string, form: RegExp): Role | null => {
  const [, partition, account, name] = form.exec(arn) ?? [];
  if (partition === undefined || account === undefined || name === undefined) return null;
  return { partition, account, name };
};

const isSame = (one: Role, other: Role): boolean =>
  one.partition === other.partition && one.account === other.account && one.name === other.name;
