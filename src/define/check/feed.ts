// Rules of what is read from us: who reads is told by the proof alone, and what was not read must not be skipped.
import { type Problem, problem } from "../problem.ts";
import type { FeedSpec, VerificationSpec } from "../spec.ts";
import { type Rule, when } from "./context.ts";

type Reader = readonly [name: string, proof: VerificationSpec];
const readersOf = ({ options }: FeedSpec): readonly Reader[] => Object.entries(options.readers);

/** A reader's call has no body to sign: only what proves itself by the call can read. */
export const readersProve: Rule = ({ spec }) => {
  if (spec.role !== "feed") return [];
  return readersOf(spec)
    .filter(([, { scheme }]) => ["hmac", "standard-webhooks", "stripe"].includes(scheme))
    .map(([name, { scheme }]) =>
      problem(
        `via.readers.${name}`,
        `the scheme "${scheme}" signs a body, and a call that reads has none`,
        'use "bearer" or "jwt"',
      ),
    );
};

/** Two readers with one proof would acknowledge for each other. */
export const readersDiffer: Rule = ({ spec }) => {
  if (spec.role !== "feed") return [];
  const readers = readersOf(spec);
  return readers.flatMap(([name, proof], index): readonly Problem[] => {
    const [same] = readers.slice(0, index).find(([, other]) => mayBeBoth(proof, other)) ?? [];
    return same === undefined
      ? []
      : [problem(`via.readers.${name}`, `nothing tells it from '${same}': ${apartBy[proof.scheme]}`)];
  });
};

const apartBy: Readonly<Record<VerificationSpec["scheme"], string>> = {
  bearer: "give it a secret of its own",
  jwt: "give both a claim whose values differ",
  hmac: "give it a secret of its own",
  "standard-webhooks": "give it a secret of its own",
  stripe: "give it a secret of its own",
  mtls: "give it subjects of its own",
  iam: "give it roles of its own",
};

/** Whether one call could be proved as both. */
const mayBeBoth = (one: VerificationSpec, other: VerificationSpec): boolean => {
  if (one.scheme === "bearer" && other.scheme === "bearer") return one.token.secret === other.token.secret;
  if (one.scheme === "iam" && other.scheme === "iam") return one.roles.some((role) => other.roles.includes(role));
  if (one.scheme !== "jwt" || other.scheme !== "jwt") return false;
  return (
    one.issuer === other.issuer &&
    one.audience === other.audience &&
    !Object.entries(one.claims).some(([claim, value]) => (other.claims[claim] ?? value) !== value)
  );
};

/** Sites that read at the same time are consumers of their own, each with its own cursor. */
export const sitesReadApart: Rule = ({ spec }) => {
  if (spec.role !== "feed" || spec.partner.topology.mode !== "active-active") return [];
  const sites = Object.keys(spec.partner.sites).length;
  const readers = readersOf(spec).length;
  return when(readers < sites, () =>
    problem(
      "via.readers",
      `names ${readers} for ${sites} sites that read at the same time: what one site has read would count as read by the other`,
      "give each site a reader of its own",
    ),
  );
};

/** A feed says itself for how long an event stays. */
export const feedSaysRetention: Rule = ({ spec, parsed }) =>
  when(spec.role === "feed" && parsed.fields.retention?.settled !== undefined, () =>
    problem("retention.settled", "has no effect on a feed: via.retention says how long an event stays"),
  );
