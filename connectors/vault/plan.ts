// What a vault is, from its arguments: all validation, no resources.
import { type Problem, problem } from "../../src/define/problem.ts";
import { refuse } from "../problems.ts";

export interface VaultFacts {
  /** Names everything that is made. */
  environment: string;
  /** Twelve digits. */
  account: string;
  /** The gateways' and the witness's; the first has the originals. */
  regions: string[];
  /** Names of the secrets. Plain: they decide what is made. */
  names: string[];
  /** Keep keys and secrets when they are taken out of the program. @default true */
  protectData?: boolean;
}

/** What Secrets Manager takes. */
const NAME = /^[A-Za-z0-9+=.@_-][A-Za-z0-9/+=.@_-]{0,255}$/;

/** @throws PlanError naming every field that is wrong. */
export function planVault(name: string, { environment, account, regions, names }: VaultFacts): void {
  const wrong = (path: string, message: string): Problem => problem(path, message);
  refuse(`vault ${name}`, [
    ...(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(environment)
      ? []
      : [wrong("environment", `must be lower-case letters, digits and '-', not '${environment}'`)]),
    ...(/^\d{12}$/.test(account) ? [] : [wrong("account", `must be twelve digits, not '${account}'`)]),
    ...(regions.length > 0 ? [] : [wrong("regions", "names no region")]),
    ...names
      .filter((secret) => !NAME.test(secret))
      .map((secret) =>
        wrong(`secrets.${secret}`, "must be letters, digits and /_+=.@-, at most 256, and not begin with /"),
      ),
  ]);
}
