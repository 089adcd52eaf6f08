// Everything about a definition that types cannot state, offline: `isthmus check` prints it and a preview refuses by it.
import { onlyWhatIsBuilt } from "./check/built.ts";
import type { Rule } from "./check/context.ts";
import {
  dedupeOutlastsGiver,
  fieldsAgree,
  gapsNeedNumbers,
  keyKnownAcrossSites,
  noBlindResend,
  orderNeedsOrderedHub,
  recoveryWithinMemory,
  retentionOutlastsFailover,
  retriesWithinMemory,
  timeoutWithinLease,
} from "./check/delivery.ts";
import { feedSaysRetention, readersDiffer, readersProve, sitesReadApart } from "./check/feed.ts";
import { authFits, maintenanceReadable, sitesReachable, tenantsStated, topologyFits } from "./check/partner.ts";
import { cursorFits, dedupeOutlastsRewind, pollsTheSite, reconcileFits, startNamesTime } from "./check/poll.ts";
import {
  messageIdentified,
  proofGiven,
  rolesProveAlone,
  signaturesProve,
  standardWebhooksSigned,
} from "./check/proof.ts";
import {
  deletedIsReplicated,
  fifoAsNamed,
  placesNamed,
  queueAnswersNothing,
  queueHasNoPlace,
  queueKeepsOrder,
  queueKnowsKey,
  sameCloudOnAws,
  strangersNamed,
} from "./check/queue.ts";
import type { Definition } from "./connector.ts";
import { didYouMean } from "./nearest.ts";
import { parseDefinition } from "./parse/parse.ts";
import { type LeasePolicy, leases, type Platform } from "./policy.ts";
import { type Problem, problem } from "./problem.ts";
import { resolveParsed } from "./resolve.ts";

export interface Checking {
  /** Texts of the settings, by name. */
  readonly settings: Readonly<Record<string, string>>;
  /** Names of the secrets that there are. Default: not looked at. */
  readonly secrets?: readonly string[];
  /** Default `"local"`. */
  readonly platform?: Platform;
  /** Default: the platform's. */
  readonly lease?: LeasePolicy;
  /** Loopback addresses that partners may have. Default: none. */
  readonly loopback?: readonly string[];
}

const rules: readonly Rule[] = [
  onlyWhatIsBuilt,
  topologyFits,
  sitesReachable,
  authFits,
  maintenanceReadable,
  tenantsStated,
  messageIdentified,
  proofGiven,
  rolesProveAlone,
  signaturesProve,
  standardWebhooksSigned,
  timeoutWithinLease,
  noBlindResend,
  recoveryWithinMemory,
  retriesWithinMemory,
  keyKnownAcrossSites,
  dedupeOutlastsGiver,
  retentionOutlastsFailover,
  gapsNeedNumbers,
  orderNeedsOrderedHub,
  pollsTheSite,
  cursorFits,
  startNamesTime,
  dedupeOutlastsRewind,
  reconcileFits,
  readersProve,
  readersDiffer,
  sitesReadApart,
  feedSaysRetention,
  fieldsAgree,
  sameCloudOnAws,
  placesNamed,
  fifoAsNamed,
  strangersNamed,
  deletedIsReplicated,
  queueHasNoPlace,
  queueAnswersNothing,
  queueKeepsOrder,
  queueKnowsKey,
];

/** All problems of a definition that would be deployed as `name`; empty: it can be. Never throws on a bad definition. */
export const checkDefinition = (name: string, definition: Definition, checking: Checking): readonly Problem[] => {
  const result = parseDefinition(definition, checking.settings);
  if (result.kind === "refused") return [...nameProblems(name), ...result.problems];
  const platform = checking.platform ?? "local";
  const lease = checking.lease ?? leases[platform];
  const { spec } = resolveParsed(name, result.parsed, lease);
  const context = { parsed: result.parsed, spec, platform, lease, loopback: checking.loopback ?? [] };
  return [
    ...nameProblems(name),
    ...result.problems,
    ...missingSecrets(spec.secrets, checking.secrets),
    ...rules.flatMap((rule) => rule(context)),
  ];
};

/** Names stand in addresses, files and names of resources. */
const nameProblems = (name: string): readonly Problem[] =>
  /^[a-z][a-z0-9-]{0,62}$/.test(name)
    ? []
    : [
        problem(
          "name",
          `'${name}' must be lower-case letters, digits and '-', begin with a letter, and have at most 63`,
        ),
      ];

const missingSecrets = (used: readonly string[], there: readonly string[] | undefined): readonly Problem[] =>
  there === undefined
    ? []
    : used
        // A secret per tenant is looked up when the tenant is known.
        .filter((name) => !name.includes("{tenant}") && !there.includes(name))
        .map((name) => problem("secrets", `secret '${name}' is missing.${didYouMean(name, there)}`.replace(/\.$/, "")));
