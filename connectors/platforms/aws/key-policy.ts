// Who may use and look after the key that data are kept under. Pure.
import { policyText } from "./policy.ts";

/** Looking after a key, by whom the account's own policies let. Data cannot be read by it. */
const ADMINISTER = [
  "kms:CancelKeyDeletion",
  "kms:CreateAlias",
  "kms:CreateGrant",
  "kms:DeleteAlias",
  "kms:DescribeKey",
  "kms:DisableKey",
  "kms:EnableKey",
  "kms:EnableKeyRotation",
  "kms:DisableKeyRotation",
  "kms:GetKeyPolicy",
  "kms:GetKeyRotationStatus",
  "kms:ListAliases",
  "kms:ListGrants",
  "kms:ListKeyPolicies",
  "kms:ListResourceTags",
  "kms:PutKeyPolicy",
  "kms:ReplicateKey",
  "kms:RevokeGrant",
  "kms:ScheduleKeyDeletion",
  "kms:TagResource",
  "kms:UntagResource",
  "kms:UpdateAlias",
  "kms:UpdateKeyDescription",
  "kms:UpdatePrimaryRegion",
];
const USE = ["kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey", "kms:ReEncryptFrom", "kms:ReEncryptTo"];

/** In a key's own policy the resource `*` is that key. */
const THIS_KEY = ["*"];

/** The account decides by its policies who uses it, and only through the services that keep our data. */
export function keyPolicy(account: string, regions: readonly string[]): string {
  const Principal = { AWS: `arn:aws:iam::${account}:root` };
  const services = regions.flatMap((region) => [
    `dynamodb.${region}.amazonaws.com`,
    `s3.${region}.amazonaws.com`,
    `secretsmanager.${region}.amazonaws.com`,
  ]);
  return policyText([
    { Sid: "Administer", Effect: "Allow", Principal, Action: ADMINISTER, Resource: THIS_KEY },
    {
      Sid: "UseThroughServices",
      Effect: "Allow",
      Principal,
      Action: USE,
      Resource: THIS_KEY,
      Condition: { StringEquals: { "kms:ViaService": services, "kms:CallerAccount": account } },
    },
  ]);
}
