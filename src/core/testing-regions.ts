import type { CommonSpec, ConnectorSpec } from "../define/spec.ts";
import { Duties } from "./duties.ts";
import { PartnerHealth } from "./partner.ts";
import { regionPolicy } from "./policy.ts";
import type { Journal, PullReply } from "./ports.ts";
import type { JournalName, JournalRecord } from "./records.ts";
import { Replication } from "./replication.ts";
import { isUndone } from "./settlement.ts";
import { entryOf, plainTranslator, sendSpec, TestClock, TestTaker, VoterPath } from "./testing.ts";
import { TestJournal } from "./testing-journal.ts";
import { TestSource } from "./testing-source.ts";
import { VoterState } from "./voter.ts";

export const timings = { ttlMs: 8_000, marginMs: 1_000, requestTimeoutMs: 5_000 };
const regions = ["east", "west"] as const;
const noGaps = { dueAt: () => Number.POSITIVE_INFINITY, asked: () => {}, concluded: () => {} };
type Name = (typeof regions)[number];

const voters = (clock: TestClock) =>
  ["east", "west", "witness"].map(
    (name) => new VoterState(name, timings, clock, {}, (_rows, done) => done(true), [], regions),
  );

export type Mode = "active-active" | "primary-secondary";

/** Two regions whose journals reach each other when the test lets them. */
export const environment = (
  over: Partial<CommonSpec> = {},
  mode: Mode = "active-active",
  specOf: (over: Partial<CommonSpec>) => ConnectorSpec = sendSpec,
) => {
  const spec = specOf(over);
  const clock = new TestClock();
  const all = voters(clock);
  clock.advance(timings.ttlMs);
  const east = gateway("east", mode, spec, clock, all);
  const west = gateway("west", mode, spec, clock, all);
  /** Brings what one region wrote to the other. */
  const replicate = (from: typeof east, to: typeof east): void => {
    for (const name of Object.keys(from.journal.vector(spec.name)) as JournalName[]) {
      const above = to.journal.vector(spec.name)[name] ?? 0;
      from.journal.read(spec.name, name, above, 1_000, (segment) => {
        if (segment.records.length === 0) return;
        to.journal.apply(segment, () => {});
        to.duties.learned(
          spec.name,
          name,
          segment.records.map(({ record }) => record),
        );
      });
    }
    const reply = (region: Name, journal: Journal): PullReply => ({
      region,
      incarnation: 1,
      askerIncarnation: 1,
      vectors: { [spec.name]: journal.vector(spec.name) },
      ready: true,
      reach: {},
      segments: [],
      more: false,
    });
    to.replication.peers.replied(reply(from.name, from.journal));
  };
  return { spec, clock, east, west, replicate };
};

const gateway = (name: Name, mode: Mode, spec: ConnectorSpec, clock: TestClock, all: readonly VoterState[]) => {
  const journal = new TestJournal(name);
  const taker = new TestTaker();
  const source = new TestSource();
  const paths = all.map((voter) => new VoterPath(voter));
  const observer = { observe: () => {} };
  const random = () => 0.5;
  const ports = { clock, random, journal, observer, voters: paths, peers: { pull: () => {} } };
  const replication = new Replication(
    name,
    regions.filter((region) => region !== name),
    regionPolicy.replication,
    ports,
    () => ({ ready: true, reach: {} }),
    { applied: () => {}, heard: () => {} },
  );
  const healthOf = (): PartnerHealth =>
    new PartnerHealth(
      spec.partner,
      regionPolicy.partner,
      ports,
      () => {},
      () => {},
    );
  const health = healthOf();
  const partner = { isDown: false };
  const write = (connector: string, records: readonly JournalRecord[], done: Parameters<Journal["write"]>[2]): void =>
    journal.write(connector, records, (result) => {
      if (result.kind === "written") duties.learned(connector, result.journal, records);
      done(result);
    });
  const passage = health.passage.bind(health);
  health.passage = (site) => (partner.isDown ? { kind: "rest", untilMs: Number.POSITIVE_INFINITY } : passage(site));
  const config = { region: name, regions, mode, processId: "1", lease: timings } as const;
  const duties: Duties = new Duties(config, ports, replication, 500, {
    rules: regionPolicy.dispatch,
    specs: () => [{ spec, paused: false }],
    workPorts: () => ({
      ...ports,
      translator: plainTranslator,
      taker,
      health,
      write,
      chooseSite: () => ({ home: "main", site: "main", seq: 0 }),
      passed: () => {},
      releasable: () => true,
      outcomes: (_spec, _entries, done) => done([]),
      poll: {
        ...ports,
        home: regions[0] ?? "",
        rules: { ...regionPolicy.poll, clockSkewMs: regionPolicy.clockSkewMs },
        gaps: noGaps,
        tell: () => {},
        source,
        health: healthOf(),
        chooseSite: () => ({ home: "main", site: "main", seq: 0 }),
        whenDurable: (done) => done({ kind: "accepted" }),
        accept: (inputs, cursor, done) => {
          const entries = inputs.map((input) => entryOf(input.identity, input));
          write(spec.name, [...entries, ...(cursor === null ? [] : [{ kind: "cursor" as const, ...cursor }])], () =>
            done({ kind: "accepted" }),
          );
        },
      },
    }),
    refresh: (done) => done(),
    write,
    isUndone: (connector, settlement) => isUndone(settlement, journal.switches(connector)),
  });
  const accept = (...identities: readonly string[]): void => {
    for (const identity of identities) {
      const entry = entryOf(identity, { key: identity });
      journal.accept(spec.name, entry, (result) => {
        if (result.kind === "accepted") duties.accepted(spec.name, { ...entry, ...result, kind: "entry", round: 0 });
      });
    }
  };
  const outcomes = (): string[] =>
    journal.all(spec.name, "settlement").map(({ identity, outcome }) => `${identity} ${outcome}`);
  const cut = (is: boolean): void => {
    for (const path of paths) path.cut = is;
  };
  return { name, journal, taker, source, replication, duties, accept, outcomes, cut, partner };
};
