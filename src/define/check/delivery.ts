// Rules of what is delivered again: nothing may be given to a taker that has forgotten it, or to us after we have.
import { horizons, type LeasePolicy, renewalsPerTtl } from "../policy.ts";
import { type Problem, problem } from "../problem.ts";
import { formatDuration } from "../units.ts";
import { type Rule, when } from "./context.ts";

/** A failover redelivers what was acknowledged within `recoveryPoint`: the taker must still know it. */
export const recoveryWithinMemory: Rule = ({ spec }) => {
  const { idempotency, onUnknown, partner } = spec;
  if (idempotency.kind !== "header" || onUnknown.kind !== "resend" || !hasTwoSites(spec)) return [];
  const { recoveryPointMs } = partner.topology;
  return when(recoveryPointMs > idempotency.remembersMs, () =>
    problem(
      "partner.topology.recoveryPoint",
      `${formatDuration(recoveryPointMs)} is longer than the partner remembers a key (idempotency.remembers: ${formatDuration(idempotency.remembersMs)}): redelivery after their failover would act twice`,
    ),
  );
};

/** Retries of a request without an answer must end before the taker forgets the key. */
export const retriesWithinMemory: Rule = ({ spec }) => {
  const { idempotency, onUnknown, retry } = spec;
  if (idempotency.kind !== "header" || onUnknown.kind !== "resend") return [];
  const { giveUpAfterMs } = retry;
  const goOn = giveUpAfterMs === null ? "without end" : `for ${formatDuration(giveUpAfterMs)}`;
  return when(giveUpAfterMs === null || giveUpAfterMs > idempotency.remembersMs, () =>
    problem(
      "onUnknown",
      `retries go on ${goOn} but the partner forgets the key after ${formatDuration(idempotency.remembersMs)}`,
      'give a lookup, or "hold", or retry.giveUpAfter below it',
    ),
  );
};

/** A key that only one site knows does not keep the other from acting again. */
export const keyKnownAcrossSites: Rule = ({ spec }) => {
  const { idempotency, onUnknown } = spec;
  return when(
    idempotency.kind === "header" &&
      idempotency.across === "site" &&
      hasTwoSites(spec) &&
      onUnknown.kind === "resend" &&
      spec.role === "send",
    () =>
      problem(
        "idempotency.across",
        "a key given to one site is not known to the other: what is sent again after a switch would act twice",
        'give a lookup, or "hold"',
      ),
  );
};

/** A taker that does not recognise repeats must not be given any. */
export const noBlindResend: Rule = ({ spec }) =>
  when(spec.idempotency.kind === "none" && spec.onUnknown.kind === "resend", () =>
    problem("onUnknown", "the partner does not recognise a repeat (idempotency: none)", 'give a lookup, or "hold"'),
  );

/** A giver may repeat for days: an identity must be known for as long. */
export const dedupeOutlastsGiver: Rule = ({ spec }) =>
  when(spec.role === "receive" && spec.dedupeWindowMs < horizons.giverRetriesMs, () =>
    problem(
      "dedupeWindow",
      `${formatDuration(spec.dedupeWindowMs)} is shorter than a giver may repeat a message (${formatDuration(horizons.giverRetriesMs)}): a late repeat would be published again`,
    ),
  );

/** What a failover may have to deliver again, or their second site to read again, must still be here by then. */
export const retentionOutlastsFailover: Rule = ({ spec }) => {
  const { topology } = spec.partner;
  if ((spec.role !== "send" && spec.role !== "feed") || !hasTwoSites(spec)) return [];
  const failoverMs = topology.mode === "primary-secondary" ? (topology.failoverAfterMs ?? 0) : 0;
  const needMs = failoverMs + topology.recoveryPointMs + horizons.takeoverMs;
  return when(spec.retention.settledMs < needMs, () =>
    problem(
      spec.role === "feed" ? "via.retention" : "retention.settled",
      `${formatDuration(spec.retention.settledMs)} is shorter than failoverAfter + recoveryPoint + takeover (${formatDuration(needMs)}): what their failover loses could not be ${spec.role === "feed" ? "read" : "delivered"} again`,
    ),
  );
};

/** A hub without order gives events as it likes: only their own numbers tell which goes first. */
export const orderNeedsOrderedHub: Rule = ({ spec, platform }) => {
  if (spec.role !== "send" && spec.role !== "feed") return [];
  return when(platform === "aws" && spec.ordering === "key" && !spec.has.sequence, () =>
    problem(
      "ordering",
      `the hub on aws has no order of its own, so that "key" cannot be kept ${spec.role === "send" ? "without the events' own numbers" : "for a feed"}`,
      spec.role === "send"
        ? 'give a \'sequence\' that numbers the events of a key, or say ordering: "latest" or "none"'
        : 'say ordering: "none"',
    ),
  );
};

/** A time that nothing is waited for. */
export const gapsNeedNumbers: Rule = ({ spec, parsed }) =>
  when(
    parsed.role === "send" && parsed.fields.gapAfter !== undefined && (spec.ordering !== "key" || !spec.has.sequence),
    () => problem("gapAfter", "has no effect without ordering: \"key\" and a 'sequence'"),
  );

/** Fields that would have no effect, or contradict each other. */
export const fieldsAgree: Rule = ({ spec, parsed }) => [
  ...when(spec.whenAlone === "accept" && spec.durability === "regional", () =>
    problem("whenAlone", 'has no effect with durability: "regional"'),
  ),
  ...when(parsed.role === "send" && parsed.fields.onFault === "block-key" && spec.ordering === "none", () =>
    problem("onFault", '"block-key" has no effect without ordering: "key" or "latest"'),
  ),
  ...when(spec.retry.capMs < spec.retry.firstMs, () => problem("retry.cap", "is shorter than retry.first")),
  ...when(spec.retry.giveUpAfterMs !== null && spec.retry.giveUpAfterMs < spec.retry.firstMs, () =>
    problem("retry.giveUpAfter", "is shorter than retry.first: nothing would ever be sent again"),
  ),
];

/** A request must end within the lease under which it began. */
export const timeoutWithinLease: Rule = ({ spec, lease }) =>
  when(spec.requestTimeoutMs >= lease.ttlMs - lease.marginMs, () =>
    problem(
      "via.timeout",
      `${formatDuration(spec.requestTimeoutMs)} is not below the lease's ttl - margin (${formatDuration(lease.ttlMs - lease.marginMs)}): a request could outlive the right to send it`,
    ),
  );

/** Rules of the lease timings alone; `renewEveryMs` is `ttlMs / 4` unless a test says otherwise. */
export const checkLease = (lease: LeasePolicy, renewEveryMs = lease.ttlMs / renewalsPerTtl): readonly Problem[] => {
  const { ttlMs, marginMs, requestTimeoutMs } = lease;
  return [
    ...when(ttlMs <= 3 * renewEveryMs, () =>
      problem(
        "lease.ttl",
        `${formatDuration(ttlMs)} is not above 3 renewals (one every ${formatDuration(renewEveryMs)}): one lost renewal would end the lease`,
      ),
    ),
    ...when(requestTimeoutMs >= ttlMs - marginMs, () =>
      problem(
        "lease.requestTimeout",
        `${formatDuration(requestTimeoutMs)} is not below ttl - margin (${formatDuration(ttlMs - marginMs)}): a request could outlive the right to send it`,
      ),
    ),
  ];
};

const hasTwoSites = ({ partner }: { readonly partner: { readonly sites: object } }): boolean =>
  Object.keys(partner.sites).length > 1;
