import type { Clock, Journal, Peers, PullReply, Taker, Voter, VoterReply, VoterRequest } from "../core/ports.ts";
import type { JournalRecord, Vector } from "../core/records.ts";
import type { Host, Wrapping } from "./host.ts";
import { leaseTimings } from "./timings.ts";
import { withChanges } from "./wrap.ts";

// The wrong readings themselves: ports that pass on what they are asked, with one thing wrong.

/** Any other voter that grants is enough: with this one and the own a holder believes in a majority. */
export const anyOf = (voters: readonly Voter[]): Voter => ({
  name: "other",
  request: (request, done) => {
    let open = voters.length;
    let answered = false;
    const heard = (reply: VoterReply | null): void => {
      open -= 1;
      const enough = reply !== null && (request.kind === "read" || reply.granted);
      if (answered || (!enough && open > 0)) return;
      answered = true;
      done(reply);
    };
    for (const voter of voters) voter.request(request, heard);
  },
});

/**
 * A lease that sees less time pass than does: by as much as `untold` says of a grant, from its request to its answer.
 * Both clocks of the holder are late by it from then on, as if the grant had been counted from later.
 */
export const sooner = (untold: (voter: Voter, requestedForMs: number, host: Host) => number): Wrapping => ({
  ports: (ports, host) => {
    let untoldMs = 0;
    const { clock } = ports;
    const hearing = (voter: Voter): Voter => ({
      name: voter.name,
      request: (request, done) => {
        const [before, startedAt] = [untoldMs, clock.monotonicMs()];
        voter.request(request, (reply) => {
          const more = untold(voter, clock.monotonicMs() - startedAt, host);
          if (reply?.granted) untoldMs = Math.max(untoldMs, before + more);
          done(reply);
        });
      },
    });
    return {
      ...ports,
      clock: withChanges(clock, {
        monotonicMs: () => clock.monotonicMs() - untoldMs,
        wallMs: () => Math.floor(clock.wallMs() - untoldMs),
      }),
      voters: ports.voters.map(hearing),
    };
  },
});

export const aheadOf = (host: Host, voter: Voter): number =>
  (host.neighbour(voter.name)?.machine.wallMs() ?? 0) - host.machine.wallMs();

/** Exceptions are written down by the parties alone: no voter is asked. */
export const unfenced = (voter: Voter): Voter => ({
  name: voter.name,
  request: (request, done) => {
    if (request.connector === undefined) {
      return voter.request(request, (reply) => done(reply === null ? null : { ...reply, exceptions: {} }));
    }
    done(grantedTo(request));
  },
});

export const grantedTo = (request: VoterRequest): VoterReply => ({
  holder: request.holder,
  epoch: request.kind === "read" ? 0 : request.epoch,
  expired: request.kind === "read",
  granted: request.kind !== "read",
  highestEpoch: request.kind === "read" ? 1 : request.epoch,
  exceptions: {},
  handback: null,
  seenGeneration: request.generation,
  confirmedGeneration: request.generation,
  wanted: false,
});

/** Checks the lease first, then resolves, connects and sends. */
export const checksEarly = (taker: Taker): Taker =>
  withChanges(taker, {
    send: (delivery, done) => {
      const may = delivery.mayWrite();
      return taker.send({ ...delivery, mayWrite: () => may }, done);
    },
  });

/** Takes what it knows of a peer for all that the peer has. */
export const contentWithLess = (peers: Peers): Peers => {
  const last = new Map<string, PullReply>();
  return {
    pull: (region, request, done) => {
      const known = last.get(region);
      if (request.waitMs === 0 && known !== undefined) return done({ ...known, segments: [], more: false });
      peers.pull(region, request, (reply) => {
        if (reply !== null) last.set(region, reply);
        done(reply);
      });
    },
  };
};

/** Only what a peer wrote itself is taken from it. */
export const withoutRelay = (reply: PullReply): PullReply => {
  const isOwn = (journal: string): boolean => journal.startsWith(`${reply.region}.`);
  const vectors = Object.entries(reply.vectors).map(([connector, vector]) => [
    connector,
    Object.fromEntries(Object.entries(vector).filter(([journal]) => isOwn(journal))),
  ]);
  return {
    ...reply,
    vectors: Object.fromEntries(vectors),
    segments: reply.segments.filter(({ journal }) => isOwn(journal)),
  };
};

/** A peer that does not answer seems to have answered that there is nothing new. */
export const deafToSilence = (peers: Peers): Peers => {
  const last = new Map<string, PullReply>();
  return {
    pull: (region, request, done) =>
      peers.pull(region, request, (reply) => {
        if (reply !== null) last.set(region, reply);
        const known = last.get(region);
        done(reply ?? (known === undefined ? null : { ...known, segments: [], more: false }));
      }),
  };
};

/** Nobody else's word on a site is heard: what fails here has failed. */
export const believesOnlyItself = (reply: PullReply): PullReply => ({
  ...reply,
  reach: Object.fromEntries(["main", "zurich", "geneva"].map((site) => [`partner/${site}`, { ok: false, ageMs: 0 }])),
});

export const writes = (
  journal: Journal,
  change: (record: JournalRecord, connector: string) => JournalRecord,
): Journal =>
  withChanges(journal, {
    write: (connector, records, done) =>
      journal.write(
        connector,
        records.map((record) => change(record, connector)),
        done,
      ),
  });

/** A delivery that becomes known after a switch counts, whenever and wherever it was. */
export const knownTooLate = (journal: Journal): Journal => {
  const counted = (record: JournalRecord, connector: string): JournalRecord => {
    if (record.kind !== "settlement" || record.outcome !== "delivered") return record;
    const seqs = journal.switches(connector).map(({ seq }) => seq);
    return { ...record, siteSeq: Math.max(record.siteSeq, ...seqs) };
  };
  return withChanges(writes(journal, counted), {
    apply: (segment, done) => {
      const { connector } = segment;
      const records = segment.records.map((one) => ({ ...one, record: counted(one.record, connector) }));
      journal.apply({ ...segment, records }, done);
    },
  });
};

export const withoutAfter = (journal: Journal): Journal =>
  withChanges(journal, {
    accept: (connector, entry, done) => journal.accept(connector, { ...entry, after: {} }, done),
  });

export const neverAfter = (clock: Clock, delayMs: number): Clock =>
  withChanges(clock, {
    after: (delay, run) => (delay === delayMs ? { cancel: () => {} } : clock.after(delay, run)),
  });

export const forgetful = (clock: Clock): Clock => {
  let asked = false;
  return withChanges(clock, {
    monotonicMs: () => {
      const now = clock.monotonicMs();
      const first = !asked;
      asked = true;
      return first ? now - leaseTimings.ttlMs : now;
    },
  });
};

/** Everything is known of everything. */
export const allHeld: Vector = new Proxy({}, { get: () => Number.POSITIVE_INFINITY });

export const knowsWhatWasSent = (reply: VoterReply, connectors: readonly string[]): VoterReply => ({
  ...reply,
  handback: {
    epoch: reply.epoch,
    marks: Object.fromEntries(connectors.map((name) => [name, { journal: "none.0", position: 0, held: allHeld }])),
  },
});
