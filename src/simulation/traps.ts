import type { Clock, Journal, Peers, PullReply, Taker, Voter, VoterReply, VoterRequest } from "../core/ports.ts";
import type { JournalRecord, Vector } from "../core/records.ts";
import type { Host, Wrapping } from "./host.ts";
import type { Weather } from "./network.ts";
import { beginningMs } from "./process.ts";
import { type ConnectorShape, calm, leaseTimings, type PartnerShape, rough, type Shape } from "./schedule.ts";
import { answersOf, repliesOf, withChanges } from "./wrap.ts";

/** A tempting wrong reading of the protocol, planted between the core and its ports. */
export interface Trap {
  readonly name: string;
  /** How many regions it takes to see it; absent: as schedules come. */
  readonly regions?: number;
  /** Which worlds it takes to see it soon; absent: as schedules come. */
  readonly steer?: (shape: Shape) => Shape;
  readonly wrapping: Wrapping;
}

/** Any other voter that grants is enough: with this one and the own a holder believes in a majority. */
const anyOf = (voters: readonly Voter[]): Voter => ({
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
const sooner = (untold: (voter: Voter, requestedForMs: number, host: Host) => number): Wrapping => ({
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

const aheadOf = (host: Host, voter: Voter): number =>
  (host.neighbour(voter.name)?.machine.wallMs() ?? 0) - host.machine.wallMs();

/** Exceptions are written down by the parties alone: no voter is asked. */
const unfenced = (voter: Voter): Voter => ({
  name: voter.name,
  request: (request, done) => {
    if (request.connector === undefined) {
      return voter.request(request, (reply) => done(reply === null ? null : { ...reply, exceptions: {} }));
    }
    done(grantedTo(request));
  },
});

const grantedTo = (request: VoterRequest): VoterReply => ({
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
const checksEarly = (taker: Taker): Taker =>
  withChanges(taker, {
    send: (delivery, done) => {
      const may = delivery.mayWrite();
      return taker.send({ ...delivery, mayWrite: () => may }, done);
    },
  });

/** Takes what it knows of a peer for all that the peer has. */
const contentWithLess = (peers: Peers): Peers => {
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
const withoutRelay = (reply: PullReply): PullReply => {
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
const deafToSilence = (peers: Peers): Peers => {
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
const believesOnlyItself = (reply: PullReply): PullReply => ({
  ...reply,
  reach: Object.fromEntries(["main", "zurich", "geneva"].map((site) => [`partner/${site}`, { ok: false, ageMs: 0 }])),
});

const writes = (journal: Journal, change: (record: JournalRecord, connector: string) => JournalRecord): Journal =>
  withChanges(journal, {
    write: (connector, records, done) =>
      journal.write(
        connector,
        records.map((record) => change(record, connector)),
        done,
      ),
  });

/** A delivery that becomes known after a switch counts, whenever and wherever it was. */
const knownTooLate = (journal: Journal): Journal => {
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

const withoutAfter = (journal: Journal): Journal =>
  withChanges(journal, {
    accept: (connector, entry, done) => journal.accept(connector, { ...entry, after: {} }, done),
  });

const neverAfter = (clock: Clock, delayMs: number): Clock =>
  withChanges(clock, {
    after: (delay, run) => (delay === delayMs ? { cancel: () => {} } : clock.after(delay, run)),
  });

const forgetful = (clock: Clock): Clock => {
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
const allHeld: Vector = new Proxy({}, { get: () => Number.POSITIVE_INFINITY });

const knowsWhatWasSent = (reply: VoterReply, connectors: readonly string[]): VoterReply => ({
  ...reply,
  handback: {
    epoch: reply.epoch,
    marks: Object.fromEntries(connectors.map((name) => [name, { journal: "none.0", position: 0, held: allHeld }])),
  },
});

const voters = (change: (voter: Voter) => Voter): Wrapping => ({
  ports: (ports) => ({ ...ports, voters: ports.voters.map(change) }),
});

const journals = (change: (journal: Journal, host: Host) => Journal): Wrapping => ({
  ports: (ports, host) => ({ ...ports, journal: change(ports.journal, host) }),
});

const peers = (change: (peers: Peers) => Peers): Wrapping => ({
  ports: (ports) => ({ ...ports, peers: change(ports.peers) }),
});

const clocks = (change: (clock: Clock) => Clock): Wrapping => ({
  ports: (ports) => ({ ...ports, clock: change(ports.clock) }),
});

/** Messages are so late that records arrive long after the leases that they tell of. */
const stormy: Weather = { ...rough, late: 0.15 };

/** A partner that soon goes over to its other site, and loses much by it. */
const forgetting: PartnerShape = {
  mode: "primary-secondary",
  lagMs: 4_000,
  recoveryPointMs: 4_500,
  failoverAfterMs: 2_000,
  failbackAfterMs: null,
};

const alone: PartnerShape = { ...forgetting, mode: "one-site" };

const onlyWith =
  (changes: Partial<Shape>, connector: Partial<ConnectorShape>) =>
  (shape: Shape): Shape => ({
    ...shape,
    ...changes,
    connectors: shape.connectors.slice(0, 1).map((each) => ({ ...each, ...connector })),
  });

/** The traps of the protocol that concern `receive`, `send` and a journal with one writer per region. */
export const traps: readonly Trap[] = [
  {
    name: "renew with self plus one other",
    regions: 4,
    wrapping: {
      config: (config) => ({ ...config, voterSets: { generation: 1, sets: [[config.region, "other"]] } }),
      ports: (ports, { machine }) => ({
        ...ports,
        voters: [
          ...ports.voters.filter(({ name }) => name === machine.name),
          anyOf(ports.voters.filter(({ name }) => name !== machine.name)),
        ],
      }),
    },
  },
  {
    name: "a voter that forgets its grants at a restart",
    wrapping: {
      voterRows: (rows) =>
        rows === null
          ? null
          : Object.fromEntries(
              Object.entries(rows).map(([duty, row]) => [duty, { ...row, lease: null, exceptions: {} }]),
            ),
      voterClock: forgetful,
    },
  },
  { name: "count the ttl from the reply", wrapping: sooner((_voter, requestedForMs) => requestedForMs) },
  {
    name: "compare wall clocks of two machines",
    wrapping: sooner((voter, _requestedForMs, host) => aheadOf(host, voter)),
  },
  {
    name: "trust the monotonic clock across a suspend",
    wrapping: clocks((clock) => withChanges(clock, { wallMs: () => Math.floor(beginningMs + clock.monotonicMs()) })),
  },
  {
    name: "check the lease, then resolve, connect and send",
    wrapping: { ports: (ports) => ({ ...ports, taker: (connector) => checksEarly(ports.taker(connector)) }) },
  },
  { name: "hand a connector over in a journal record", wrapping: voters(unfenced) },
  {
    name: "home when replication has drained",
    steer: onlyWith({ weather: stormy }, { role: "receive", durability: "regional", onUnknown: "resend" }),
    wrapping: {
      ports: (ports) => ({
        ...ports,
        voters: ports.voters.map((voter) => repliesOf(voter, (reply) => ({ ...reply, handback: null }))),
        peers: contentWithLess(ports.peers),
      }),
    },
  },
  {
    name: "a marker without a time limit",
    steer: onlyWith({ weather: stormy }, { onUnknown: "resend" }),
    wrapping: clocks((clock) => neverAfter(clock, 2 * leaseTimings.ttlMs)),
  },
  {
    name: "adopt from what the adopter happens to hold",
    regions: 3,
    wrapping: peers((original) => answersOf(original, withoutRelay)),
  },
  {
    name: "acknowledge `replicated` with no peer",
    steer: onlyWith({}, { durability: "replicated", whenAlone: "refuse" }),
    wrapping: { spec: (spec) => ({ ...spec, whenAlone: "accept" }) },
  },
  {
    name: "measure the redelivery window back from the switch",
    wrapping: {
      ports: (ports) => ({
        ...ports,
        journal: writes(ports.journal, (record) =>
          record.kind === "switch" ? { ...record, notSettledSince: ports.clock.wallMs() - 1_500 } : record,
        ),
      }),
    },
  },
  {
    name: "fix the resend set at the switch",
    steer: onlyWith({ mode: "active-active", partner: forgetting, clocks: {} }, { role: "send", onUnknown: "resend" }),
    wrapping: journals(knownTooLate),
  },
  {
    name: "`hold` by what the adopter knows was sent",
    steer: onlyWith({ partner: alone }, { role: "send", onUnknown: "hold" }),
    wrapping: {
      ports: (ports, { journal }) => ({
        ...ports,
        voters: ports.voters.map((voter) =>
          repliesOf(voter, (reply) => knowsWhatWasSent(reply, journal?.connectors() ?? [])),
        ),
      }),
    },
  },
  { name: "key order over two regions without `after`", wrapping: journals(withoutAfter) },
  {
    name: "number entries on after a disk loss",
    wrapping: journals((journal) => withChanges(journal, { begin: () => journal.begin(1) })),
  },
  {
    name: "a cut link read as a dead site",
    steer: onlyWith({ partner: forgetting, weather: calm, clocks: {} }, { role: "send", onUnknown: "resend" }),
    wrapping: peers((original) => answersOf(original, believesOnlyItself)),
  },
  {
    name: "the primary holds the peer's lease but cannot read its journal",
    steer: onlyWith(
      { weather: calm, mode: "primary-secondary" },
      { ordering: "none", durability: "regional", onUnknown: "resend" },
    ),
    wrapping: peers(deafToSilence),
  },
];
