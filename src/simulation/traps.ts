import type { Clock, Journal, Peers, Voter } from "../core/ports.ts";
import type { Host, Wrapping } from "./host.ts";
import type { Weather } from "./network.ts";
import { calm, rough } from "./network.ts";
import {
  aheadOf,
  anyOf,
  believesOnlyItself,
  checksEarly,
  contentWithLess,
  deafToSilence,
  forgetful,
  knownTooLate,
  knowsWhatWasSent,
  neverAfter,
  sooner,
  unfenced,
  withoutAfter,
  withoutRelay,
  writes,
} from "./plants.ts";
import { beginningMs } from "./process.ts";
import type { ConnectorShape, PartnerShape, Shape } from "./schedule-model.ts";
import { leaseTimings } from "./timings.ts";
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

const pushing = { poll: null, reconcile: null, feed: null } as const;

const onlyWith =
  (changes: Partial<Shape>, connector: Partial<ConnectorShape>) =>
  (shape: Shape): Shape => ({
    ...shape,
    ...changes,
    connectors: shape.connectors.slice(0, 1).map((each) => ({ ...each, ...pushing, ...connector })),
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
