/** What a voter decides of one duty (protocol rules 1 and 2), however it keeps its rows and tells that time has passed. */
import type { HandbackMark, LeaseView, VoterReply, VoterRequest } from "./ports.ts";

export interface StoredLease {
  readonly holder: string;
  readonly epoch: number;
}

/** @typeParam L a lease, with what the voter tells its end by */
export interface Row<L extends StoredLease> {
  readonly highestEpoch: number;
  readonly lease: L | null;
  readonly exceptions: Readonly<Record<string, L>>;
  readonly handback: HandbackMark | null;
  readonly seenGeneration: number;
  readonly confirmedGeneration: number;
}

/** How a voter tells, and marks, that a lease runs. */
export interface LeaseTime<L extends StoredLease> {
  /** Whether anything may be granted that was not granted before. */
  readonly mayGrant: boolean;
  /** Whether it keeps others away. */
  runs(lease: L): boolean;
  /** Whether who holds it may go on. */
  mayRenew(lease: L): boolean;
  granted(lease: StoredLease): L;
  released(lease: L): L;
}

export interface Decision<L extends StoredLease> {
  readonly granted: boolean;
  readonly row: Row<L>;
}

type Deciding = Exclude<VoterRequest, { kind: "read" }>;
type Acquire = VoterRequest & { kind: "acquire" };

export const emptyRow: Row<never> = {
  highestEpoch: 0,
  lease: null,
  exceptions: {},
  handback: null,
  seenGeneration: 0,
  confirmedGeneration: 0,
};

export const leaseIn = <L extends StoredLease>(row: Row<L>, connector: string | undefined): L | null =>
  connector === undefined ? row.lease : (row.exceptions[connector] ?? null);

export const decided = <L extends StoredLease>(row: Row<L>, request: Deciding, time: LeaseTime<L>): Decision<L> => {
  switch (request.kind) {
    case "acquire":
      return acquired(row, request, time);
    case "renew":
      return renewed(row, request, time);
    case "release":
      return released(row, request, time);
  }
};

const acquired = <L extends StoredLease>(before: Row<L>, request: Acquire, time: LeaseTime<L>): Decision<L> => {
  // What was confirmed anywhere stays so, also for a voter that was away then.
  const confirmedGeneration = Math.max(before.confirmedGeneration, request.confirmedGeneration ?? 0);
  const row = { ...before, confirmedGeneration };
  const { connector, holder, epoch, generation } = request;
  const current = leaseIn(row, connector);
  const isTaken = current !== null && current.holder !== holder && time.runs(current);
  const isOfRow = connector === undefined || (row.lease !== null && request.rowEpoch === row.lease.epoch);
  if (!time.mayGrant || !mayHold(row, generation) || isTaken || !isOfRow || epoch <= row.highestEpoch) {
    return { granted: false, row };
  }
  const granted = { ...withLease(row, connector, time.granted({ holder, epoch })), highestEpoch: epoch };
  if (connector !== undefined) return { granted: true, row: granted };
  return { granted: true, row: { ...granted, seenGeneration: Math.max(row.seenGeneration, generation) } };
};

const renewed = <L extends StoredLease>(
  row: Row<L>,
  { connector, holder, epoch, generation }: VoterRequest & { kind: "renew" },
  time: LeaseTime<L>,
): Decision<L> => {
  const lease = leaseIn(row, connector);
  const isHolder = lease !== null && lease.holder === holder && lease.epoch === epoch;
  if (!isHolder || generation < row.seenGeneration || !time.mayRenew(lease)) return { granted: false, row };
  return {
    granted: true,
    row: {
      ...withLease(row, connector, time.granted({ holder, epoch })),
      // A holder renews only while a majority of every set of its generation has granted.
      seenGeneration: Math.max(row.seenGeneration, generation),
      confirmedGeneration: Math.max(row.confirmedGeneration, generation),
    },
  };
};

const released = <L extends StoredLease>(
  row: Row<L>,
  { connector, holder, epoch, handback }: VoterRequest & { kind: "release" },
  time: LeaseTime<L>,
): Decision<L> => {
  const lease = leaseIn(row, connector);
  if (lease === null || lease.holder !== holder || lease.epoch !== epoch) return { granted: false, row };
  return {
    granted: true,
    row: { ...withLease(row, connector, time.released(lease)), handback: handback ?? row.handback },
  };
};

const withLease = <L extends StoredLease>(row: Row<L>, connector: string | undefined, lease: L): Row<L> =>
  connector === undefined ? { ...row, lease } : { ...row, exceptions: { ...row.exceptions, [connector]: lease } };

/**
 * Whether a process that counts majorities in sets of this generation may be granted. Neighbouring generations share a
 * set, so their majorities meet; an older one is shut out once a newer one was granted, and a generation is not
 * skipped: the one before must have had a holder with its full majority. A row never granted has nothing to protect.
 */
const mayHold = (row: Row<StoredLease>, generation: number): boolean =>
  row.highestEpoch === 0 || (generation >= row.seenGeneration && generation <= row.confirmedGeneration + 1);

/** What a voter that lost its rows learns from another. A lease told of keeps nobody away: it is none of its own. */
export const told = <L extends StoredLease>(
  row: Row<L>,
  reply: VoterReply,
  toldLease: (lease: StoredLease) => L,
): Row<L> => {
  const later = (known: L | null, { holder, epoch }: LeaseView): L | null =>
    holder === null || epoch <= (known?.epoch ?? 0) ? known : toldLease({ holder, epoch });
  const exceptions: Record<string, L> = { ...row.exceptions };
  for (const [connector, view] of Object.entries(reply.exceptions)) {
    const lease = later(exceptions[connector] ?? null, view);
    if (lease !== null) exceptions[connector] = lease;
  }
  return {
    ...row,
    exceptions,
    lease: later(row.lease, reply),
    highestEpoch: Math.max(row.highestEpoch, reply.highestEpoch),
    seenGeneration: Math.max(row.seenGeneration, reply.seenGeneration),
    confirmedGeneration: Math.max(row.confirmedGeneration, reply.confirmedGeneration),
  };
};

/** @param expired of a lease, null where there is none */
export const replyOf = <L extends StoredLease>(
  row: Row<L>,
  { connector }: VoterRequest,
  { granted, wanted }: { readonly granted: boolean; readonly wanted: boolean },
  expired: (lease: L | null, connector: string | undefined) => boolean,
): VoterReply => {
  const view = (of: string | undefined): LeaseView => {
    const lease = leaseIn(row, of);
    return { holder: lease?.holder ?? null, epoch: lease?.epoch ?? 0, expired: expired(lease, of) };
  };
  const { highestEpoch, handback, seenGeneration, confirmedGeneration } = row;
  return {
    ...view(connector),
    granted,
    highestEpoch,
    exceptions: Object.fromEntries(Object.keys(row.exceptions).map((name) => [name, view(name)])),
    handback,
    seenGeneration,
    confirmedGeneration,
    wanted,
  };
};
