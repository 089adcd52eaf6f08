// What the types state and this version cannot run yet: refused here, so that it is never silently left out.
import { problem } from "../problem.ts";
import type { ConnectorSpec, VerificationSpec } from "../spec.ts";
import { type CheckContext, callsSites, privateServices, type Rule } from "./context.ts";

interface Unbuilt {
  readonly path: string;
  readonly what: string;
  readonly used: (context: CheckContext) => boolean;
}

const unbuilt: readonly Unbuilt[] = [
  { path: "fetch", what: "reading back a thin message", used: ({ spec }) => spec.has.fetch },
  { path: "reply", what: "an event made of an answer", used: ({ spec }) => spec.has.reply },
  { path: "partner.tenants", what: "tenants", used: ({ spec }) => spec.partner.tenants !== undefined },
  {
    path: "partner.fixedSource",
    what: "a fixed source address on another platform than aws",
    used: ({ spec, platform }) => platform !== "aws" && spec.partner.fixedSource && callsSites(spec),
  },
  {
    path: "partner.privateService",
    what: "a private endpoint on another platform than aws",
    used: ({ spec, platform }) => platform !== "aws" && callsSites(spec) && privateServices(spec).length > 0,
  },
  {
    path: "partner.privateService",
    what: "a private endpoint for another driver than http, or another location than same-cloud",
    used: ({ spec }) =>
      privateServices(spec).length > 0 && (spec.driver !== "http" || spec.partner.location !== "same-cloud"),
  },
  {
    path: "partner.maintenance",
    what: "a maintenance window",
    used: ({ spec }) => Object.values(spec.partner.sites).some(({ maintenance }) => maintenance.length > 0),
  },
  {
    path: "retention.raw",
    what: "dropping the raw message before its entry",
    used: ({ parsed }) => parsed.fields.retention?.raw !== undefined,
  },
  {
    path: "via.batch",
    what: "batches",
    used: ({ spec }) => spec.driver === "http" && spec.role === "send" && spec.options.batch !== null,
  },
  {
    path: "via.challenge",
    what: "a handshake",
    used: ({ spec }) => spec.driver === "http" && spec.role === "receive" && spec.options.challenge !== null,
  },
  {
    path: "via.format",
    what: 'the formats "form" and "xml"',
    used: ({ spec }) => spec.driver === "http" && spec.role === "send" && ["form", "xml"].includes(spec.options.format),
  },
  {
    path: "via.verify",
    what: 'the scheme "mtls" (nothing tells the gateway the certificate of a call)',
    used: ({ spec }) =>
      spec.driver === "http" && spec.role === "receive" && spec.options.verify.some(({ scheme }) => scheme === "mtls"),
  },
  {
    path: "via.readers",
    what: 'the scheme "mtls" (nothing tells the gateway the certificate of a call)',
    used: ({ spec }) =>
      spec.role === "feed" && Object.values(spec.options.readers).some(({ scheme }) => scheme === "mtls"),
  },
  {
    path: "via",
    what: 'the scheme "iam" on another platform than aws (nothing there checks a signature of AWS)',
    used: ({ spec, platform }) => platform !== "aws" && proofsOf(spec).some(({ scheme }) => scheme === "iam"),
  },
  {
    path: "partner.auth",
    what: 'authentication of the kind "sigv4" on another platform than aws',
    used: ({ spec, platform }) =>
      platform !== "aws" &&
      callsSites(spec) &&
      Object.values(spec.partner.sites).some(({ auth }) => auth?.kind === "sigv4"),
  },
];

/** Of those who call us. */
const proofsOf = (spec: ConnectorSpec): readonly VerificationSpec[] => {
  if (spec.driver !== "http") return [];
  if (spec.role === "receive") return spec.options.verify;
  return spec.role === "feed" ? Object.values(spec.options.readers) : [];
};

export const onlyWhatIsBuilt: Rule = (context) =>
  unbuilt
    .filter(({ used }) => used(context))
    .map(({ path, what }) => problem(path, `${what}: not built in this version`));
