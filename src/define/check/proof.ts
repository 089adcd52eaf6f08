// Rules of identity and of signatures: what is not signed proves nothing, and a message needs a name.

import { isRole } from "../arn.ts";
import { type Problem, problem } from "../problem.ts";
import type { HmacSpec, SignatureSpec, VerificationSpec } from "../spec.ts";
import { type Rule, when } from "./context.ts";

export const messageIdentified: Rule = ({ parsed }) => {
  if (parsed.role !== "receive" && parsed.role !== "poll") return [];
  const told =
    parsed.fields.id !== undefined ||
    (parsed.driver === "http" && parsed.role === "receive" && parsed.options.id !== undefined) ||
    (parsed.driver === "sqs" && parsed.role === "poll");
  return when(!told, () => problem("id", "is missing: neither 'via' nor a function tells a message's identity"));
};

export const proofGiven: Rule = ({ parsed }) =>
  when(parsed.driver === "http" && parsed.role === "receive" && parsed.options.verify.length === 0, () =>
    problem("via.verify", "is empty: every giver must prove who it is"),
  );

/** AWS checks the signature before a call comes to us: one that is proved in another way would never come. */
export const rolesProveAlone: Rule = ({ spec }) => {
  if (spec.driver !== "http") return [];
  const [path, proofs] =
    spec.role === "receive"
      ? ["via.verify", spec.options.verify]
      : spec.role === "feed"
        ? ["via.readers", Object.values(spec.options.readers)]
        : ["via", []];
  const roles = proofs.filter(({ scheme }) => scheme === "iam");
  return [
    ...when(roles.length > 0 && roles.length < proofs.length, () =>
      problem(path, 'the scheme "iam" is checked before a call comes to us, so that no other can stand beside it'),
    ),
    ...roles.flatMap((proof) =>
      proof.scheme !== "iam"
        ? []
        : proof.roles
            .filter((role) => !role.startsWith("setting:") && !isRole(role))
            .map((role) => problem(path, `'${role}' is not the ARN of a role`, "arn:aws:iam::<account>:role/<name>")),
    ),
  ];
};

export const signaturesProve: Rule = ({ parsed }) => {
  if (parsed.driver !== "http") return [];
  if (parsed.role === "send") return ofSignature(parsed.options.sign, "via.sign");
  if (parsed.role !== "receive") return [];
  const { verify } = parsed.options;
  return verify.flatMap((each, index) =>
    ofSignature(each, verify.length === 1 ? "via.verify" : `via.verify[${index}]`),
  );
};

const ofSignature = (signature: SignatureSpec | VerificationSpec | undefined, path: string): readonly Problem[] =>
  signature?.scheme === "hmac" ? ofHmac(signature, path) : [];

const ofHmac = ({ content, timestamp }: HmacSpec, path: string): readonly Problem[] => {
  const signsTime = content.some(
    (part) => part === "timestamp" || (typeof part === "object" && part.header === timestamp?.header),
  );
  return [
    ...when(!content.includes("body"), () => problem(`${path}.content`, "the body must be part of what is signed")),
    ...when(timestamp !== null && !signsTime, () =>
      problem(`${path}.timestamp`, "the timestamp must be part of what is signed, or a replay could change it"),
    ),
    ...when(timestamp === null && content.includes("timestamp"), () =>
      problem(`${path}.content`, "names a timestamp, but 'timestamp' does not say which header it stands in"),
    ),
  ];
};

/** Standard Webhooks is a form of the body and of the signature: one without the other is neither. */
export const standardWebhooksSigned: Rule = ({ spec }) =>
  when(
    spec.driver === "http" &&
      spec.role === "send" &&
      spec.options.format === "standard-webhooks" &&
      spec.options.sign?.scheme !== "standard-webhooks",
    () => problem("via.sign", 'the format "standard-webhooks" is signed with the scheme "standard-webhooks"'),
  );
