import type { ConnectorSpec } from "../define/spec.ts";
import { calm } from "./network.ts";
import { cursorFirst, dreadsLinksOfOthers, readsEarly, skipsWhatLags } from "./pull-plants.ts";
import { alone, forgetting, journals, onlyFed, onlyPolling, onlyWith, type Trap } from "./trap.ts";
import { withChanges } from "./wrap.ts";

const wouldSay = (spec: ConnectorSpec): ConnectorSpec =>
  spec.driver === "http" && spec.role === "poll"
    ? { ...spec, options: { ...spec.options, acrossSites: "exact" } }
    : spec;

/** What may go wrong where a partner is read, or reads; and two of sending. */
export const pullTraps: readonly Trap[] = [
  {
    name: "poll duty held twice: each region puts itself first",
    steer: onlyPolling({ mode: "active-active" }),
    wrapping: {
      config: (config) => ({
        ...config,
        regions: [config.region, ...config.regions.filter((region) => region !== config.region)],
      }),
    },
  },
  {
    name: "check the lease, then connect and read",
    steer: onlyPolling({}),
    wrapping: { ports: (ports) => ({ ...ports, source: (connector) => readsEarly(ports.source(connector)) }) },
  },
  {
    name: "cursor committed before its entries",
    steer: onlyPolling({ commitMs: [50, 400] }),
    wrapping: journals(cursorFirst),
  },
  {
    name: "a cursor taken as it is at another site",
    steer: onlyPolling({ partner: forgetting }),
    wrapping: { spec: wouldSay },
  },
  {
    name: "ttl of the dedupe by age alone",
    steer: onlyPolling({ partner: forgetting, forgets: true }),
    wrapping: {
      ports: (ports) => ({
        ...ports,
        journal: withChanges(ports.journal, {
          prunable: (connector, journal, _settledBefore, done) =>
            ports.journal.prunable(connector, journal, ports.clock.wallMs() - 3_000, done),
        }),
      }),
    },
  },
  {
    name: "a queue acknowledged before a second region has what it gave",
    regions: 2,
    steer: onlyPolling(
      { partner: alone, mode: "primary-secondary" },
      { cursor: "exact", acrossSites: "exact", deletes: true },
      { durability: "replicated", whenAlone: "refuse" },
    ),
    faults: [
      { at: 15_000, until: 25_000, kind: "cut", from: "east", to: "west" },
      { at: 22_000, until: 24_000, kind: "disk-lost", machine: "east" },
    ],
    wrapping: { spec: (spec) => ({ ...spec, durability: "regional" }) },
  },
  {
    name: "number entries on after a disk loss, and let readers skip them",
    steer: onlyFed(),
    wrapping: journals((journal) => withChanges(journal, { begin: () => journal.begin(1) })),
  },
  { name: "a feed that skips a lagging region", steer: onlyFed(), wrapping: journals(skipsWhatLags) },
  {
    name: "drain out of key order",
    steer: onlyWith({}, { role: "send", ordering: "key", durability: "regional", onUnknown: "resend" }),
    wrapping: { spec: (spec) => ({ ...spec, ordering: "none" }) },
  },
  {
    name: "breaker charged for a dead link of another region",
    steer: onlyWith(
      { partner: forgetting, weather: calm, link: calm, clocks: {} },
      { role: "send", onUnknown: "resend" },
    ),
    wrapping: { ports: dreadsLinksOfOthers },
  },
];
