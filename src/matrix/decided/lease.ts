/** Who acts: asked of what grants and measures leases. */
import { agreed, votersIn } from "../../core/quorum.ts";
import { decideIncarnation, type Incarnation } from "../../core/starter.ts";
import { type Beginning, isSuspect } from "../../core/suspicion.ts";
import { patienceMs, renewEveryMs, takeoverWithinMs } from "../../core/timings.ts";
import { type Resolution, resolutionOf } from "../../core/unknown.ts";
import type { Conditions } from "../conditions.ts";
import { dutiesAt, regionsOf, type Scene, votersOf } from "../scene.ts";

export type Acting =
  /** The holder goes on. */
  | {
      readonly kind: "kept";
      readonly by: string;
      readonly duties: readonly string[];
      /** A duty at home there is let go of, because its region's journal cannot be read; null: none is. */
      readonly letGo: LetGo | null;
    }
  /** The lease ends, and another region acts. */
  | {
      readonly kind: "moved";
      readonly from: string;
      readonly to: string;
      readonly duties: readonly string[];
      /** Voters that are left to decide. */
      readonly voters: number;
      /** The one before stops by itself at the latest so long after its last renewal began. */
      readonly stopsWithinMs: number;
      readonly takesOverWithinMs: number;
      /** Of that: until the lease is over, and until what peers hold was read. The rest is seeing and asking. */
      readonly leaseMs: number;
      readonly readMs: number;
      /** What the adopter does with what it finds open and the one before may have sent. */
      readonly doubt: Doubt;
    }
  /** Nobody is left who may act: what was accepted is held. */
  | { readonly kind: "nobody"; readonly duties: readonly string[] };

/** A holder that is blind to a duty's region lets it lapse, where that region asks for it (protocol rule 8). */
export interface LetGo {
  readonly to: string;
  /** Unread for so long, it is let go of. */
  readonly afterMs: number;
  /** From the cut until the region acts for itself, at most. */
  readonly takesOverWithinMs: number;
  readonly doubt: Doubt;
}

/** What is done with an open entry that the holder before may have sent. */
export type Doubt = { readonly kind: "none" } | Resolution;

/** Who acts for what the struck region accepted, while it is struck. */
export const actingWhen = (scene: Scene, { region }: Conditions): Acting => {
  const { struck, left } = regionsOf(scene);
  const duties = dutiesAt(scene, struck);
  if (region === "well") return { kind: "kept", by: struck, duties, letGo: null };
  const voters = votersOf(scene);
  const reached = (by: string, cutOff: (voter: string) => boolean): ReadonlySet<string> =>
    new Set(votersIn(voters).filter((voter) => voter === by || !cutOff(voter)));
  const isCut = region === "cut-from-peer";
  const regionsButStruck = (voter: string): boolean => (isCut ? voter === left : voter !== struck);
  const isAlive = region === "isolated" || isCut;
  if (isAlive && agreed(voters, reached(struck, regionsButStruck))) {
    return { kind: "kept", by: struck, duties, letGo: duties.includes(left) ? letGoOf(scene, left) : null };
  }
  const survivors = reached(left, (voter) => voter === struck);
  if (left === struck || !agreed(voters, survivors)) return { kind: "nobody", duties };
  const { lease, region: policy } = scene.policy;
  const readMs = policy.replication.refreshMs;
  return {
    kind: "moved",
    from: struck,
    to: left,
    duties,
    voters: survivors.size,
    stopsWithinMs: lease.ttlMs - lease.marginMs,
    takesOverWithinMs: takeoverWithinMs(lease, readMs),
    leaseMs: lease.ttlMs,
    readMs,
    doubt: doubtAfter(scene, "lapse"),
  };
};

const letGoOf = (scene: Scene, to: string): LetGo | null => {
  const { lease, region: policy } = scene.policy;
  // Only the region that reads has entries of a poll.
  if (scene.spec.role === "poll") return null;
  const noticedMs = lease.ttlMs + renewEveryMs(lease) / 2;
  return {
    to,
    afterMs: lease.ttlMs,
    takesOverWithinMs: noticedMs + takeoverWithinMs(lease, policy.replication.refreshMs),
    doubt: doubtAfter(scene, "lapse"),
  };
};

/** What whoever acts next does with what is open: after a lapse nobody told anything, after a handback everything is told. */
export const doubtAfter = ({ spec }: Scene, how: "lapse" | "handback"): Doubt => {
  const open = {
    kind: "entry",
    identity: "",
    key: null,
    sequence: null,
    payload: "",
    acceptedAt: 0,
    after: {},
    journal: "struck.1",
    position: 1,
    round: 0,
  } as const;
  const before: Beginning["before"] = how === "lapse" ? null : { journal: "left.1", held: { [open.journal]: 1 } };
  const suspect = isSuspect(spec, { own: "left.1", head: 0, before }, open);
  if (!suspect || spec.role === "feed") return { kind: "none" };
  return spec.role === "send" ? resolutionOf(spec.onUnknown) : { kind: "again" };
};

export interface Return {
  readonly incarnation: Incarnation["reason"];
  /** What home does with open entries after a planned return. */
  readonly doubt: Doubt;
  /** A marker that cannot be read by then counts as a lapse. */
  readonly markWithinMs: number;
  /** How long home waits before it asks for its own lease. */
  readonly patienceMs: number;
}

/** How the struck region comes back. */
export const returning = (scene: Scene, { region }: Conditions): Return => {
  const { lease } = scene.policy;
  const onDisk = region === "disk-lost" ? 0 : 1;
  const facts = { onDisk, toldByPeers: 1, peerAhead: onDisk === 0, peers: 1, peersAnswered: 1, wallMs: 0 };
  return {
    incarnation: decideIncarnation(facts).reason,
    doubt: doubtAfter(scene, "handback"),
    markWithinMs: 2 * lease.ttlMs,
    patienceMs: patienceMs(lease, true),
  };
};
