/** A region around a poller, moved by hand. */
import type { ConnectorSpec } from "../define/spec.ts";
import { Acceptor } from "./acceptor.ts";
import { GapWatch } from "./gap-watch.ts";
import { PartnerHealth } from "./partner.ts";
import { regionPolicy } from "./policy.ts";
import { Poller } from "./poller.ts";
import type { PollReport } from "./poller-ports.ts";
import type { Observation } from "./ports.ts";
import type { JournalName, SwitchRecord } from "./records.ts";
import { chosenSite, readHomeOf } from "./sites.ts";
import { plainTranslator, TestClock } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";
import { pollSpec, TestSource } from "./testing-source.ts";

export const rules = { ...regionPolicy.poll, clockSkewMs: 1_000 };

/** A region that may poll; its peer holds what it accepted up to `peer.holds`. */
export const region = (spec: ConnectorSpec = pollSpec(), name = "east") => {
  const clock = new TestClock();
  const journal = new TestJournal(name);
  const source = new TestSource();
  const peer = { holds: Number.POSITIVE_INFINITY };
  const observed: Observation[] = [];
  const reports: (PollReport | null)[] = [];
  const ports = {
    clock,
    random: () => 1,
    journal,
    observer: { observe: (event: Observation) => observed.push(event) },
  };
  const pollers: Poller[] = [];
  const health = new PartnerHealth(
    spec.partner,
    regionPolicy.partner,
    ports,
    (_site, done) => done(true),
    () => {
      for (const poller of pollers) poller.poke();
    },
  );
  const watch = new GapWatch(rules.gapAfterMs);
  const acceptor = new Acceptor({
    region: name,
    clock,
    journal,
    translator: plainTranslator,
    acknowledgeTimeoutMs: 5_000,
    mayAccept: () => true,
    anyPeerReachable: () => true,
    hasPeers: () => true,
    heldElsewhere: () => peer.holds,
    accepted: (_spec, entry) => {
      watch.saw(entry.sequence, clock.monotonicMs());
      for (const poller of pollers) poller.accepted();
    },
    repeated: () => {},
    wrote: (_connector, from, records) => {
      for (const poller of pollers) poller.learned(from, records);
    },
  });
  const poll = (grip: { readonly epoch?: number; readonly adopted?: boolean; readonly home?: string } = {}) => {
    const lease = { held: true };
    const poller = new Poller(
      spec,
      false,
      {
        ...ports,
        home: grip.home ?? "east",
        rules,
        source,
        health,
        gaps: watch,
        chooseSite: () => chosenSite(readHomeOf(spec.partner, "east"), journal.switches(spec.name)),
        accept: (inputs, cursor, done) => acceptor.acceptBatch(spec, inputs, cursor, done),
        whenDurable: (done) => acceptor.whenDurable(spec, done),
        tell: (report) => reports.push(report),
      },
      {
        duty: "east",
        epoch: grip.epoch ?? 1,
        adopted: grip.adopted ?? false,
        holds: () => lease.held,
        isSuspect: () => false,
        isUndone: () => false,
      },
    );
    pollers.push(poller);
    poller.start();
    return { poller, lease };
  };
  const learn = (change: Omit<SwitchRecord, "kind" | "reason">): void => {
    const record = { kind: "switch", reason: "test", ...change } as const;
    journal.put(spec.name, "west.1", record);
    for (const poller of pollers) poller.learned("west.1", [record]);
  };
  const accepted = (): string[] => journal.all(spec.name, "entry").map(({ identity }) => identity);
  return {
    name: spec.name,
    clock,
    journal,
    source,
    peer,
    health,
    watch,
    acceptor,
    spec,
    poll,
    learn,
    accepted,
    observed,
    status: () => reports.at(-1),
    cursor: () => JSON.parse(journal.cursor(spec.name, "poll")?.value ?? "null")?.cursor,
  };
};

/** What one region wrote becomes known in another. */
export const replicate = (from: ReturnType<typeof region>, to: ReturnType<typeof region>): void => {
  for (const name of Object.keys(from.journal.vector(from.name)) as JournalName[]) {
    const above = to.journal.vector(from.name)[name] ?? 0;
    from.journal.read(from.name, name, above, 1_000, (segment) => to.journal.apply(segment, () => {}));
  }
};
