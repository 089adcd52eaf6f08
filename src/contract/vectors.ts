/** How to prove who one is, with an example made by the code that checks it, and a key that is used nowhere else. */
import type { SignatureSpec, VerificationSpec } from "../define/spec.ts";
import { hmacScheme, type Scheme, standardWebhooks, stripe } from "../drivers/http/proof/schemes.ts";
import { signatureMaker } from "../drivers/http/proof/signature.ts";

export interface Vector {
  /** A key for this example only. */
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** When it was made. RFC 3339. */
  readonly at: string;
}

export interface ProofText {
  readonly scheme: VerificationSpec["scheme"];
  /** What has to be sent, in sentences. */
  readonly how: readonly string[];
  /** Headers that carry it. Lower case. */
  readonly headers: readonly string[];
  readonly vector: Vector | null;
}

const at = "2026-01-01T00:00:00Z";
const seconds = String(Date.parse(at) / 1_000);
const body = '{"id":"message-1","text":"an example"}';
const exampleKey = "a-key-for-this-example-only";

export const proofText = (spec: VerificationSpec): ProofText => {
  switch (spec.scheme) {
    case "standard-webhooks":
    case "stripe":
    case "hmac":
      return signatureText(spec);
    case "bearer":
      return {
        scheme: spec.scheme,
        how: ["Send the token that we agreed on: `authorization: Bearer <token>`."],
        headers: ["authorization"],
        vector: { key: exampleKey, headers: { authorization: `Bearer ${exampleKey}` }, body: "", at },
      };
    case "jwt":
      return {
        scheme: spec.scheme,
        how: [
          `Send a token of \`${spec.issuer}\` for the audience \`${spec.audience}\`: \`authorization: Bearer <JWT>\`, with \`exp\`.`,
          ...Object.entries(spec.claims).map(([claim, value]) => `Its claim \`${claim}\` must be \`${value}\`.`),
          "We read the keys that the issuer publishes.",
        ],
        headers: ["authorization"],
        vector: null,
      };
    case "mtls":
      return {
        scheme: spec.scheme,
        how: [
          `Call with a client certificate of one of: ${spec.subjects.map((subject) => `\`${subject}\``).join(", ")}.`,
        ],
        headers: [],
        vector: null,
      };
    case "iam":
      return {
        scheme: spec.scheme,
        how: [
          `Sign the call as AWS does it (SigV4, service \`execute-api\`) by a session of one of: ${spec.roles.map((role) => `\`${role}\``).join(", ")}.`,
        ],
        headers: ["authorization"],
        vector: null,
      };
  }
};

type Signed = SignatureSpec | Extract<VerificationSpec, { readonly scheme: "stripe" }>;

/** Of what they sign for us, or we for them. */
export const signatureText = (spec: Signed): ProofText => {
  const scheme = schemeOf(spec);
  const key = spec.scheme === "standard-webhooks" ? `whsec_${Buffer.from(exampleKey).toString("base64")}` : exampleKey;
  const headers = vectorHeaders(spec, scheme, key);
  return {
    scheme: spec.scheme,
    how: [
      `\`${scheme.header}\` holds the HMAC (${scheme.algorithm}, ${scheme.encoding}) of ${contentText(scheme)}, each part right behind the one before${formText(spec)}.`,
      spec.scheme === "standard-webhooks"
        ? "The key is what stands behind `whsec_`, decoded from base64 (standardwebhooks.com)."
        : "The key is the text itself.",
      scheme.timestamp === null
        ? "No time is signed, so a copy of a call is as good as the call: its identity tells that it was there."
        : `The time must be within ${scheme.timestamp.toleranceMs / 1_000} s of ours.`,
    ],
    headers: Object.keys(headers).filter((name) => name !== "content-type"),
    vector: { key, headers, body, at },
  };
};

const schemeOf = (spec: Signed): Scheme => {
  switch (spec.scheme) {
    case "hmac":
      return hmacScheme(spec);
    case "stripe":
      return stripe;
    case "standard-webhooks":
      return standardWebhooks;
  }
};

const contentText = ({ content, timestamp }: Scheme): string =>
  content
    .map((part) => {
      if (part === "body") return "the body as it is sent";
      if (part === "timestamp") return timestamp === null ? "the time" : `the time in \`${timestamp.header}\``;
      return typeof part === "string" ? "a full stop" : `the header \`${part.header}\``;
    })
    .join(", ");

const formText = (spec: Signed): string => {
  switch (spec.scheme) {
    case "stripe":
      return ", as `t=<seconds>,v1=<signature>`";
    case "standard-webhooks":
      return ", as `v1,<signature>`";
    case "hmac":
      return spec.prefix === "" ? "" : `, behind \`${spec.prefix}\``;
  }
};

const vectorHeaders = (spec: Signed, scheme: Scheme, key: string): Readonly<Record<string, string>> => {
  const signed = scheme.content.flatMap((part) =>
    typeof part === "object" ? [[part.header, "message-1"] as const] : [],
  );
  const timed =
    scheme.timestamp === null || scheme.timestamp.header === scheme.header
      ? {}
      : { [scheme.timestamp.header]: seconds };
  const given: Readonly<Record<string, string>> = { ...Object.fromEntries(signed), ...timed };
  const signature = signatureMaker(scheme, () => [key], "example")(body, (name) => given[name], seconds) ?? "";
  const value = spec.scheme === "stripe" ? `t=${seconds},${signature}` : signature;
  return { "content-type": "application/json", ...given, [scheme.header]: value };
};
