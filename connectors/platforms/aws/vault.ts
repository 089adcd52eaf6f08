// The key and the secrets of an environment on AWS, in all its regions.
import { Alias } from "@pulumi/aws/kms/alias.js";
import { Key } from "@pulumi/aws/kms/key.js";
import { ReplicaKey } from "@pulumi/aws/kms/replicaKey.js";
import { Secret } from "@pulumi/aws/secretsmanager/secret.js";
import { SecretVersion } from "@pulumi/aws/secretsmanager/secretVersion.js";
import * as pulumi from "@pulumi/pulumi";
import { keyPolicy } from "./key-policy.ts";
import { keyAlias } from "./names.ts";

export interface VaultOptions {
  readonly environment: string;
  readonly account: string;
  /** The first has the originals. */
  readonly regions: readonly string[];
  readonly protect: boolean;
}

/** Days until a key, or a secret, that was deleted is gone for good. */
const DELETION_DAYS = 30;

/** One multi-region key. @returns its ARN in each region */
export function makeKeys(parent: pulumi.Resource, name: string, options: VaultOptions) {
  const { environment, account, regions, protect } = options;
  const [home = "", ...others] = regions;
  const kept = { parent, protect, retainOnDelete: protect };
  const policy = keyPolicy(account, regions);
  const key = new Key(
    `${name}-key`,
    {
      region: home,
      description: `Data of isthmus ${environment}`,
      multiRegion: true,
      enableKeyRotation: true,
      deletionWindowInDays: DELETION_DAYS,
      policy,
    },
    kept,
  );
  new Alias(`${name}-key-alias`, { region: home, name: keyAlias(environment), targetKeyId: key.keyId }, { parent });
  const replicas = others.map((region) => {
    const child = `${name}-key-${region}`;
    const replica = new ReplicaKey(
      child,
      { region, primaryKeyArn: key.arn, deletionWindowInDays: DELETION_DAYS, policy },
      kept,
    );
    new Alias(`${child}-alias`, { region, name: keyAlias(environment), targetKeyId: replica.keyId }, { parent });
    return [region, replica.arn] as const;
  });
  return Object.fromEntries([[home, key.arn], ...replicas]);
}

/** @returns its ARN in the first region */
export function makeSecret(
  parent: pulumi.Resource,
  child: string,
  options: VaultOptions & {
    /** Physical. */
    readonly name: string;
    readonly value: pulumi.Input<string>;
    readonly keyArns: Readonly<Record<string, pulumi.Input<string>>>;
  },
): pulumi.Output<string> {
  const { regions, protect, name, value, keyArns } = options;
  const [home = "", ...others] = regions;
  const keyIn = (region: string) => (keyArns[region] === undefined ? {} : { kmsKeyId: keyArns[region] });
  const secret = new Secret(
    child,
    {
      region: home,
      name,
      ...keyIn(home),
      replicas: others.map((region) => ({ region, ...keyIn(region) })),
      recoveryWindowInDays: protect ? DELETION_DAYS : 0,
    },
    { parent, protect, retainOnDelete: protect },
  );
  new SecretVersion(
    `${child}-value`,
    { region: home, secretId: secret.id, secretString: pulumi.secret(value) },
    { parent },
  );
  return secret.arn;
}
