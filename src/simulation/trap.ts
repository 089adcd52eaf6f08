import type { Clock, Journal, Peers, Voter } from "../core/ports.ts";
import type { Host, Wrapping } from "./host.ts";
import { rough, type Weather } from "./network.ts";
import { scheduleOf } from "./schedule.ts";
import type { ConnectorShape, Fault, FeedShape, PartnerShape, PollShape, Schedule, Shape } from "./schedule-model.ts";

/** A tempting wrong reading of the protocol, planted between the core and its ports. */
export interface Trap {
  readonly name: string;
  /** How many regions it takes to see it; absent: as schedules come. */
  readonly regions?: number;
  /** Which worlds it takes to see it soon; absent: as schedules come. */
  readonly steer?: (shape: Shape) => Shape;
  /** What happens beside what happens by chance. */
  readonly faults?: readonly Fault[];
  readonly wrapping: Wrapping;
}

export const trapSchedule = ({ regions, steer, faults = [] }: Trap, seed: number): Schedule => {
  const schedule = scheduleOf(seed, regions, steer);
  return { ...schedule, faults: [...schedule.faults, ...faults].sort((a, b) => a.at - b.at) };
};

export const voters = (change: (voter: Voter) => Voter): Wrapping => ({
  ports: (ports) => ({ ...ports, voters: ports.voters.map(change) }),
});

export const journals = (change: (journal: Journal, host: Host) => Journal): Wrapping => ({
  ports: (ports, host) => ({ ...ports, journal: change(ports.journal, host) }),
});

export const peers = (change: (peers: Peers) => Peers): Wrapping => ({
  ports: (ports) => ({ ...ports, peers: change(ports.peers) }),
});

export const clocks = (change: (clock: Clock) => Clock): Wrapping => ({
  ports: (ports) => ({ ...ports, clock: change(ports.clock) }),
});

/** Messages are so late that records arrive long after the leases that they tell of. */
export const stormy: Weather = { ...rough, late: 0.15 };

/** A partner that soon goes over to its other site, and loses much by it. */
export const forgetting: PartnerShape = {
  mode: "primary-secondary",
  lagMs: 4_000,
  recoveryPointMs: 4_500,
  failoverAfterMs: 2_000,
  failbackAfterMs: null,
};

export const alone: PartnerShape = { ...forgetting, mode: "one-site" };

/** @param connector what the only connector is like; it pushes, whatever the schedule has */
export const onlyWith =
  (changes: Partial<Shape>, connector: Partial<ConnectorShape>) =>
  (shape: Shape): Shape => ({
    ...shape,
    ...changes,
    forgets: false,
    connectors: shape.connectors.slice(0, 1).map((each) => ({ ...pushing(each), ...connector })),
  });

const pushing = (connector: ConnectorShape): ConnectorShape => ({
  ...connector,
  role: connector.role === "receive" ? "receive" : "send",
  poll: null,
  reconcile: null,
  feed: null,
});

const plain = {
  durability: "regional",
  whenAlone: "refuse",
  ordering: "none",
  onUnknown: "resend",
  onFault: "continue",
  subscribes: false,
  poll: null,
  reconcile: null,
  feed: null,
} as const;

export const onlyPolling =
  (changes: Partial<Shape>, poll: Partial<PollShape> = {}, connector: Partial<ConnectorShape> = {}) =>
  (shape: Shape): Shape => ({
    ...shape,
    clocks: {},
    forgets: false,
    ...changes,
    connectors: [{ ...plain, ...connector, name: "orders", role: "poll", poll: { ...numbers, ...poll } }],
  });

const numbers: PollShape = {
  cursor: "numbers",
  acrossSites: "rewind",
  everyMs: 1_000,
  pageSize: 5,
  lookbackMs: 0,
  lateMs: 0,
  behindMs: 0,
  deletes: false,
  reissued: 1,
};

export const onlyFed =
  (changes: Partial<Shape> = {}) =>
  (shape: Shape): Shape => ({
    ...shape,
    partner: alone,
    forgets: false,
    ...changes,
    connectors: [{ ...plain, name: "prices", role: "feed", feed }],
  });

const feed: FeedShape = {
  readers: [{ name: "reader", site: "main", goesBack: null }],
  limit: 5,
  waitMs: 1_000,
  firstAfterMs: 500,
  firstRegion: 0,
};
