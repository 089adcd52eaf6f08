import { calm } from "./network.ts";
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
import { leaseTimings } from "./timings.ts";
import { alone, clocks, forgetting, journals, onlyWith, peers, stormy, type Trap, voters } from "./trap.ts";
import { answersOf, repliesOf, withChanges } from "./wrap.ts";

/** The traps of the protocol that concern leases, `receive`, `send` and a journal with one writer per region. */
export const pushTraps: readonly Trap[] = [
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
    regions: 2,
    steer: onlyWith({ mode: "active-active" }, { role: "send", ordering: "none", onUnknown: "resend" }),
    faults: [
      { at: 15_000, until: 17_000, kind: "cut", from: "east", to: "west" },
      { at: 15_000, until: 17_000, kind: "cut", from: "east", to: "witness" },
      { at: 15_100, until: 15_300, kind: "crash", machine: "west" },
      { at: 15_100, until: 15_300, kind: "crash", machine: "witness" },
    ],
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
    steer: onlyWith(
      { mode: "active-active", partner: { ...forgetting, failbackAfterMs: 3_000 }, clocks: {} },
      { role: "send", ordering: "none", durability: "regional", onUnknown: "resend" },
    ),
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
      { weather: calm, link: calm, mode: "primary-secondary" },
      { role: "send", ordering: "none", durability: "regional", onUnknown: "resend", subscribes: false },
    ),
    wrapping: peers(deafToSilence),
  },
];
