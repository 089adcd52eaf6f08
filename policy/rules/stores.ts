// Rules of what keeps data, and of logs.
import { inside, isSet, isUnknown, must, type Rule } from "../rule.ts";

const TABLE = /^aws:dynamodb\/table:/;
const isTrue = (value: unknown): boolean => value === true;

export const tablesEncrypted: Rule = {
  name: "tables-encrypted",
  description: "Tables are encrypted under a key of the account.",
  about: TABLE,
  look: ({ props }) =>
    must(
      inside(props.serverSideEncryption, "enabled"),
      isTrue,
      "is encrypted under AWS's own key: set serverSideEncryption.enabled",
    ),
};

export const tablesRestorable: Rule = {
  name: "tables-restorable",
  description: "Tables and each of their replicas can be restored to a point in time.",
  about: TABLE,
  look: ({ props }) => [
    ...must(
      inside(props.pointInTimeRecovery, "enabled"),
      isTrue,
      "cannot be restored: set pointInTimeRecovery.enabled",
    ),
    ...(Array.isArray(props.replicas) ? props.replicas : []).flatMap((replica, index) =>
      must(
        inside(replica, "pointInTimeRecovery"),
        isTrue,
        `cannot be restored in ${inside(replica, "regionName")}: set replicas[${index}].pointInTimeRecovery`,
      ),
    ),
  ],
};

export const logsEnd: Rule = {
  name: "logs-end",
  description: "Logs are kept for a stated time.",
  about: /^aws:cloudwatch\/logGroup:/,
  look: ({ props }) =>
    must(
      props.retentionInDays,
      (value) => typeof value === "number" && value > 0,
      "keeps logs for ever: set retentionInDays",
    ),
};

const PUBLIC_ACL = /^public-|^authenticated-read$/;
const BLOCKS = ["blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"];

export const bucketsPrivate: Rule = {
  name: "buckets-private",
  description: "No bucket is public.",
  about: /^aws:s3\/bucket/,
  look: ({ type, props }) => {
    if (/:BucketPublicAccessBlock$/.test(type)) {
      return BLOCKS.flatMap((key) => must(props[key], isTrue, `lets a bucket be public: set ${key}`));
    }
    return isUnknown(props.acl) || typeof props.acl !== "string" || !PUBLIC_ACL.test(props.acl)
      ? []
      : [`is public by its acl '${props.acl}': use a policy that names who`];
  },
};

export const bucketsEncrypted: Rule = {
  name: "buckets-encrypted",
  description: "Buckets are encrypted under a key of the environment.",
  about: /^aws:s3\/bucketServerSideEncryptionConfiguration:/,
  look: ({ props }) => {
    const given = inside(props.rules, "applyServerSideEncryptionByDefault", "kmsMasterKeyId");
    return must(given, isSet, "is encrypted under a key of AWS's own: set kmsMasterKeyId");
  },
};

export const bucketsVersioned: Rule = {
  name: "buckets-versioned",
  description: "What is deleted from a bucket by mistake can be brought back.",
  about: /^aws:s3\/bucketVersioning:/,
  look: ({ props }) =>
    must(
      inside(props.versioningConfiguration, "status"),
      (status) => status === "Enabled",
      "keeps no versions: set versioningConfiguration.status to Enabled",
    ),
};

export const secretsEncrypted: Rule = {
  name: "secrets-encrypted",
  description: "Secrets are kept under a key of the environment.",
  about: /^aws:secretsmanager\/secret:/,
  look: ({ props }) => must(props.kmsKeyId, isSet, "is kept under a key that all of the account share: set kmsKeyId"),
};
