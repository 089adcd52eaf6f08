// A table in two regions, a queue and a bucket. The configuration's `retention`: seconds that the queue keeps messages; `view`: what the stream shows;
// `force`: the bucket is deleted with what it holds.
import { Table } from "@pulumi/aws/dynamodb/table.js";
import { Provider } from "@pulumi/aws/provider.js";
import { Bucket } from "@pulumi/aws/s3/bucket.js";
import { BucketVersioning } from "@pulumi/aws/s3/bucketVersioning.js";
import { Queue } from "@pulumi/aws/sqs/queue.js";
import * as pulumi from "@pulumi/pulumi";

const config = new pulumi.Config("isthmus");
const provider = new Provider("aws", { region: "us-east-1" });
const table = new Table(
  "table",
  {
    region: "us-east-1",
    name: "things",
    billingMode: "PAY_PER_REQUEST",
    hashKey: "pk",
    attributes: [{ name: "pk", type: "S" }],
    streamEnabled: true,
    streamViewType: config.get("view") ?? "NEW_AND_OLD_IMAGES",
    replicas: [{ regionName: "us-west-2", consistencyMode: "EVENTUAL" }],
  },
  { provider },
);
const queue = new Queue(
  "queue",
  { region: "us-east-1", name: "things", messageRetentionSeconds: config.getNumber("retention") ?? 60 },
  { provider },
);

const bucket = new Bucket(
  "bucket",
  { region: "us-east-1", bucket: "things-of-a-trial", forceDestroy: config.getBoolean("force") ?? false },
  { provider },
);
const versioning = new BucketVersioning(
  "versioning",
  { region: "us-east-1", bucket: bucket.bucket, versioningConfiguration: { status: "Enabled" } },
  { provider },
);

export default {
  bucket: versioning.bucket,
  streamArn: table.streamArn,
  replicas: table.replicas,
  queueUrl: queue.url,
};
