// `Vault`: the key and the secrets of an environment on AWS. Both topologies share them.
import * as pulumi from "@pulumi/pulumi";
import { CURSORS, cursorSecretName, secretPrefix } from "../platforms/aws/names.ts";
import { makeKeys, makeSecret } from "../platforms/aws/vault.ts";
import * as local from "../platforms/local/resources.ts";
import { planVault, type VaultFacts } from "./plan.ts";

export interface VaultArgs extends VaultFacts {
  /** Values by name, one for each of `names`. Kept secret. */
  values: Record<string, pulumi.Input<string>>;
}

/**
 * One key and the secrets of an environment, each in every region under the same name.
 *
 * @example
 * new Vault("vault", { environment: "prod", account: "123456789012", regions: ["us-east-1", "us-west-2", "us-east-2"],
 *   names: ["github-webhook"], values: { "github-webhook": config.requireSecret("github-webhook") } });
 */
export class Vault extends pulumi.ComponentResource {
  /** ARN of the key in each region. */
  readonly keyArns: Readonly<Record<string, pulumi.Output<string>>>;
  /** ARNs of the secrets in the first region, by name; elsewhere they differ by the region alone. */
  readonly secretArns: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: VaultArgs, opts?: pulumi.ComponentResourceOptions) {
    planVault(name, args);
    const { environment, account, regions, names, values, protectData: protect = true } = args;
    super("isthmus:index:Vault", name, { ...args, values: pulumi.secret(values) }, opts);
    const options = { environment, account, regions, protect };
    this.keyArns = makeKeys(this, name, options);
    const make = (child: string, physical: string, value: pulumi.Input<string>) =>
      makeSecret(this, `${name}-${child}`, { ...options, keyArns: this.keyArns, name: physical, value });
    // Made once and by nobody: what every region signs the cursors of feeds by.
    const cursors = new local.Token(`${name}-cursors-token`, { parent: this }).value;
    this.secretArns = Object.fromEntries([
      [CURSORS, make("cursors", cursorSecretName(environment), cursors)],
      ...names.map((secret) => [
        secret,
        make(`secret-${secret}`, `${secretPrefix(environment)}${secret}`, values[secret] ?? ""),
      ]),
    ]);
    this.registerOutputs({ keyArns: this.keyArns, secretArns: this.secretArns });
  }
}
