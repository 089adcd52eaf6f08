// Rules of what may be done, by whom.
import { isUnknown, type Looked, type Rule } from "../rule.ts";

interface Statement {
  readonly Effect?: unknown;
  readonly Action?: unknown;
  readonly Resource?: unknown;
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

const list = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

/** Statements that allow something, of every policy that a resource carries; of one that is unknown, none. */
const allowed = (looked: Looked): readonly Statement[] =>
  statementsOf(looked).filter(({ Effect }) => Effect !== "Deny");

function statementsOf({ props }: Looked): readonly Statement[] {
  const texts = ["policy", "assumeRolePolicy"].map((key) => props[key]);
  return texts
    .filter((text) => text !== undefined && !isUnknown(text))
    .map((text): unknown => (typeof text === "string" ? JSON.parse(text) : text))
    .flatMap((document) => list(Object(document).Statement).map((statement): Statement => Object(statement)));
}

/** Streams of a function's own log group have names that nobody knows before. */
const OWN_LOGS = /:log-group:[^:*]+:(log-stream:)?\*$/;
/** Objects under a prefix of a named bucket: each has a name of its own, which is not known before either. */
const UNDER_PREFIX = /^arn:aws:s3:::[^/*]+\/[^*]+\/\*$/;
const isNamed = (resource: string): boolean => OWN_LOGS.test(resource) || UNDER_PREFIX.test(resource);

export const noWildcardAction: Rule = {
  name: "no-wildcard-action",
  description: "A policy names each action that it allows.",
  about: /^aws:/,
  look: (resource) =>
    allowed(resource)
      .flatMap(({ Action }) => list(Action))
      .filter((action) => typeof action === "string" && action.includes("*"))
      .map((action) => `allows the action '${action}': name each action`),
};

export const noWildcardResource: Rule = {
  name: "no-wildcard-resource",
  description: "A policy names each resource that it allows something on.",
  // In a key's own policy the resource `*` is that key.
  about: /^aws:(?!kms\/)/,
  look: (resource) =>
    allowed(resource)
      .flatMap(({ Resource }) => list(Resource))
      .filter((one) => typeof one === "string" && /(^|[:/])\*$/.test(one) && !isNamed(one))
      .map((one) => `allows something on '${one}': name each resource`),
};

export const noAnybody: Rule = {
  name: "no-anybody",
  description: "A policy that lets anybody in says under which condition.",
  about: /^aws:/,
  look: (resource) =>
    allowed(resource)
      .filter(({ Principal, Condition }) => Condition === undefined && isAnybody(Principal))
      .map(() => "lets anybody in: name who, or give a condition"),
};

const isAnybody = (principal: unknown): boolean =>
  principal === "*" ||
  (typeof principal === "object" && principal !== null && Object.values(principal).flatMap(list).includes("*"));

export const noAccessKeys: Rule = {
  name: "no-access-keys",
  description: "Nobody has a key that does not end: roles are taken on instead.",
  about: /^aws:iam\/(accessKey|user|userLoginProfile):/,
  look: () => ["makes a credential that does not end: use a role"],
};

/** Services that act for us ask on behalf of us alone. Lambda gives no source when it takes on a role. */
export const noConfusedDeputy: Rule = {
  name: "no-confused-deputy",
  description: "A service that may act for us does so for our own resources only.",
  about: /^aws:(iam\/role|sqs\/queuePolicy|cloudwatch\/eventBusPolicy):/,
  look: (resource) =>
    allowed(resource)
      .filter(({ Principal, Condition }) => {
        const services = list(Object(Principal).Service);
        return (
          services.some((one) => one !== "lambda.amazonaws.com") &&
          !JSON.stringify(Condition ?? {}).includes("aws:Source")
        );
      })
      .map(() => "lets a service act for anybody: give the condition aws:SourceAccount or aws:SourceArn"),
};

export const bucketsByTls: Rule = {
  name: "buckets-by-tls",
  description: "A bucket's policy refuses what does not come over TLS.",
  about: /^aws:s3\/bucketPolicy:/,
  look: (resource) =>
    isUnknown(resource.props.policy) || statementsOf(resource).some(refusesPlain)
      ? []
      : ["lets calls in that are not over TLS: deny those whose aws:SecureTransport is false"],
};

const refusesPlain = ({ Effect, Condition }: Statement): boolean =>
  Effect === "Deny" && String(Object(Object(Condition).Bool)["aws:SecureTransport"]) === "false";
