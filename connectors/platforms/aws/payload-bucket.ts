// The bucket of payloads that are too large for an item of a table: private, under the environment's key, with all versions.
import { Bucket } from "@pulumi/aws/s3/bucket.js";
import { BucketLifecycleConfiguration } from "@pulumi/aws/s3/bucketLifecycleConfiguration.js";
import { BucketPolicy } from "@pulumi/aws/s3/bucketPolicy.js";
import { BucketPublicAccessBlock } from "@pulumi/aws/s3/bucketPublicAccessBlock.js";
import { BucketServerSideEncryptionConfiguration } from "@pulumi/aws/s3/bucketServerSideEncryptionConfiguration.js";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning.js";
import type * as pulumi from "@pulumi/pulumi";
import { arns } from "./arns.ts";
import type { Surroundings } from "./function.ts";
import type { AwsGatewayPlan } from "./gateway-plan.ts";
import { payloadBucketName } from "./names.ts";
import { policyText } from "./policy.ts";

/** How long what was deleted or written over can be brought back: as long as the bus's archive keeps what was published. */
const KEPT_DAYS = 14;

export function makePayloadBucket({ parent, name, region }: Surroundings, plan: AwsGatewayPlan): void {
  const child = `${name}-payloads`;
  const physical = payloadBucketName(plan.scope, plan);
  const { protectData: protect } = plan;
  const bucket = new Bucket(
    child,
    { region, bucket: physical, forceDestroy: !protect },
    { parent, protect, retainOnDelete: protect },
  );
  const of = { region, bucket: bucket.bucket };
  const access = new BucketPublicAccessBlock(
    `${child}-access`,
    { ...of, blockPublicAcls: true, blockPublicPolicy: true, ignorePublicAcls: true, restrictPublicBuckets: true },
    { parent },
  );
  // S3 takes one change of who may do what at a time.
  new BucketPolicy(`${child}-policy`, { ...of, policy: onlyByTls(physical) }, { parent, dependsOn: [access] });
  new BucketServerSideEncryptionConfiguration(
    `${child}-encryption`,
    { ...of, rules: [{ applyServerSideEncryptionByDefault: keyOf(plan), bucketKeyEnabled: true }] },
    { parent },
  );
  const versioning = new BucketVersioning(
    `${child}-versioning`,
    { ...of, versioningConfiguration: { status: "Enabled" } },
    { parent },
  );
  makeLifecycle(parent, `${child}-lifecycle`, of, versioning);
}

const keyOf = ({ keyArns, region }: AwsGatewayPlan) => {
  const kmsMasterKeyId = keyArns[region];
  return { sseAlgorithm: "aws:kms", ...(kmsMasterKeyId !== undefined && { kmsMasterKeyId }) };
};

/** What is held for a partner that is away may be of any age, so that age alone deletes nothing that is current. */
function makeLifecycle(
  parent: pulumi.Resource,
  child: string,
  of: { readonly region: string; readonly bucket: pulumi.Output<string> },
  versioning: BucketVersioning,
): void {
  new BucketLifecycleConfiguration(
    child,
    {
      ...of,
      rules: [
        {
          id: "past-versions",
          status: "Enabled",
          filter: { prefix: "" },
          noncurrentVersionExpiration: { noncurrentDays: KEPT_DAYS },
          expiration: { expiredObjectDeleteMarker: true },
          abortIncompleteMultipartUpload: { daysAfterInitiation: 1 },
        },
      ],
    },
    { parent, dependsOn: [versioning] },
  );
}

/** A refusal names everybody and everything. */
const onlyByTls = (bucket: string): string =>
  policyText([
    {
      Sid: "OnlyByTls",
      Effect: "Deny",
      Principal: { AWS: "*" },
      Action: ["s3:*"],
      Resource: [arns.bucket(bucket), arns.objects(bucket, "")],
      Condition: { Bool: { "aws:SecureTransport": "false" } },
    },
  ]);
