// The types of resource that the components use. Any other is refused.
import type { Kind } from "./kind.ts";
import { api, integration, route, stage } from "./kinds/api.ts";
import { apiMapping, certificate, certificateValidation, domainName, healthCheck, record } from "./kinds/domain.ts";
import { table } from "./kinds/dynamodb.ts";
import { eventArchive, eventBus, eventRule, eventTarget } from "./kinds/events.ts";
import { eventSourceMapping, functionUrl, lambdaFunction, permission } from "./kinds/lambda.ts";
import { networkKinds } from "./kinds/network.ts";
import { kept, logGroup, schedule } from "./kinds/rest.ts";
import { bucket, ofBucket } from "./kinds/s3.ts";
import {
  alias,
  key,
  policy,
  replicaKey,
  role,
  rolePolicy,
  rolePolicyAttachment,
  secret,
  secretVersion,
} from "./kinds/security.ts";
import { queue, queuePolicy, redriveAllowPolicy } from "./kinds/sqs.ts";

export const kinds: Readonly<Record<string, Kind>> = {
  "aws:acm/certificate:Certificate": certificate,
  "aws:acm/certificateValidation:CertificateValidation": certificateValidation,
  "aws:apigatewayv2/apiMapping:ApiMapping": apiMapping,
  "aws:apigatewayv2/domainName:DomainName": domainName,
  "aws:apigatewayv2/api:Api": api,
  "aws:apigatewayv2/integration:Integration": integration,
  "aws:apigatewayv2/route:Route": route,
  "aws:apigatewayv2/stage:Stage": stage,
  "aws:cloudwatch/eventArchive:EventArchive": eventArchive,
  "aws:cloudwatch/eventBus:EventBus": eventBus,
  "aws:cloudwatch/eventRule:EventRule": eventRule,
  "aws:cloudwatch/eventTarget:EventTarget": eventTarget,
  "aws:cloudwatch/logGroup:LogGroup": logGroup,
  "aws:cloudwatch/metricAlarm:MetricAlarm": kept(
    ["name", "region", "comparisonOperator", "evaluationPeriods"],
    [
      "alarmDescription",
      "actionsEnabled",
      "alarmActions",
      "okActions",
      "dimensions",
      "metricName",
      "namespace",
      "period",
      "statistic",
      "threshold",
      "treatMissingData",
    ],
    ["name", "region"],
  ),
  "aws:dynamodb/table:Table": table,
  ...networkKinds,
  "aws:iam/policy:Policy": policy,
  "aws:iam/rolePolicyAttachment:RolePolicyAttachment": rolePolicyAttachment,
  "aws:iam/role:Role": role,
  "aws:iam/rolePolicy:RolePolicy": rolePolicy,
  "aws:kms/alias:Alias": alias,
  "aws:kms/key:Key": key,
  "aws:kms/replicaKey:ReplicaKey": replicaKey,
  "aws:lambda/eventSourceMapping:EventSourceMapping": eventSourceMapping,
  "aws:lambda/function:Function": lambdaFunction,
  "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": kept(
    ["functionName", "region"],
    ["maximumEventAgeInSeconds", "maximumRetryAttempts", "destinationConfig"],
    ["functionName", "region"],
  ),
  "aws:lambda/functionRecursionConfig:FunctionRecursionConfig": kept(
    ["functionName", "recursiveLoop", "region"],
    [],
    ["functionName", "region"],
  ),
  "aws:lambda/functionUrl:FunctionUrl": functionUrl,
  "aws:lambda/permission:Permission": permission,
  "aws:route53/healthCheck:HealthCheck": healthCheck,
  "aws:route53/record:Record": record,
  "aws:s3/bucket:Bucket": bucket,
  "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": ofBucket("rules"),
  "aws:s3/bucketPolicy:BucketPolicy": ofBucket("policy"),
  "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": ofBucket(
    "blockPublicAcls",
    "blockPublicPolicy",
    "ignorePublicAcls",
    "restrictPublicBuckets",
  ),
  "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": ofBucket("rules"),
  "aws:s3/bucketVersioning:BucketVersioning": ofBucket("versioningConfiguration"),
  "aws:scheduler/schedule:Schedule": schedule,
  "aws:secretsmanager/secret:Secret": secret,
  "aws:secretsmanager/secretVersion:SecretVersion": secretVersion,
  "aws:sqs/queue:Queue": queue,
  "aws:sqs/queuePolicy:QueuePolicy": queuePolicy,
  "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": redriveAllowPolicy,
};
