// Rules of functions, and of where resources stand.
import { isUnknown, must, type Rule } from "../rule.ts";

export const urlsSigned: Rule = {
  name: "urls-signed",
  description: "A function's url asks for a signature.",
  about: /^aws:lambda\/functionUrl:/,
  look: ({ props }) =>
    must(
      props.authorizationType,
      (value) => value === "AWS_IAM",
      "can be called by anybody: set authorizationType to AWS_IAM",
    ),
};

/** What a secret looks like: names that people give one, and forms that keys have. */
const SECRET_NAME = /(^|[^a-z])(secret|password|passwd|token|api_?key|private_?key|credential)s?($|[^a-z])/i;
const SECRET_FORM = [
  /AKIA[0-9A-Z]{16}/,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /\bwhsec_[A-Za-z0-9+/=]{16,}/,
  /\bsk_(live|test)_[A-Za-z0-9]{16,}/,
  /\bgh[pousr]_[A-Za-z0-9]{20,}/,
  /\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\./,
];

export const noSecretVariables: Rule = {
  name: "no-secret-variables",
  description: "Functions read secrets from the secret manager, not from their variables.",
  about: /^aws:lambda\/function:/,
  look: ({ props }) => {
    const variables: unknown = Object(props.environment).variables;
    if (isUnknown(props.environment) || typeof variables !== "object" || variables === null) return [];
    return Object.entries(variables).flatMap(([name, value]) => {
      if (SECRET_NAME.test(words(name)))
        return [`has a variable ${name}, which is a secret by its name: read it when it runs`];
      const shown = typeof value === "string" && SECRET_FORM.some((form) => form.test(value));
      return shown ? [`has a secret in its variable ${name}: read it when it runs`] : [];
    });
  },
};

/** `dbPassword` as `db_Password`. */
const words = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2");

/** Services that know no regions. */
const GLOBAL = /^aws:(iam|route53|cloudfront|globalaccelerator|organizations)\//;

export const inOwnRegion: Rule = {
  name: "in-own-region",
  description: "What a region's stack makes stands in that region: it is deployed while all others are gone.",
  about: /^aws:/,
  look: ({ type, props, region }) =>
    region === null || GLOBAL.test(type)
      ? []
      : must(
          props.region,
          (value) => value === region,
          `stands in '${String(props.region)}', and its stack in '${region}': set region`,
        ),
};
