import type { LeasesOfDuties } from "../../../core/duties.ts";
import type { Source } from "../../../core/ports.ts";
import { Region } from "../../../core/region.ts";
import { dynamoVoters } from "../lease/voters.ts";
import { bounded } from "../runtime/bounded.ts";
import type { Hall } from "../runtime/hall.ts";
import { publish, publishedOf } from "../runtime/published.ts";
import { BoundedTranslator } from "../runtime/translator.ts";
import type { Ends } from "./ends.ts";
import { Engine, type EngineEnd } from "./engine.ts";
import { engineTimes } from "./engine-times.ts";
import { Movement } from "./movement.ts";
import { observing } from "./observing.ts";
import type { EngineStore } from "./store.ts";

/** What it tells of itself is written down this often. Milliseconds. */
const publishEveryMs = 5_000;
/** How long that is waited for at the end. Milliseconds. */
const longestTellMs = 1_000;

export interface Run {
  readonly hall: Hall;
  readonly ends: Ends;
  readonly store: EngineStore;
  readonly leases: LeasesOfDuties;
  /** Whether it has its connector's claim. */
  readonly mayAct: () => boolean;
  /** Of this run: never used again. */
  readonly id: string;
  readonly remainingMs: number;
}

/** One run of an engine, over a store that was opened. */
export const running = (run: Run): Promise<EngineEnd> => {
  const { hall, store, mayAct, remainingMs } = run;
  const { config, clock, connector } = hall;
  const movement = new Movement(clock, observing(hall.log, config.name));
  const region = regionOf(run, movement);
  const { spec } = connector;
  const telling = tellingOf(hall, region);
  return new Promise((done) => {
    let told = Promise.resolve();
    const engine = new Engine(
      {
        region,
        spec,
        paused: config.paused,
        journal: store.journal,
        clock,
        movement,
        times: engineTimes(config.lease),
        sweep: (actsFor, swept) => store.sweep(actsFor, swept),
        mayAct,
        stopping: () => {
          told = telling.end();
        },
      },
      remainingMs,
      // A call that is open when the handler returns would be made when the function is next called: over what is newer.
      (end) => void told.then(() => done(end)),
    );
    engine.start();
    telling.begin();
  });
};

const regionOf = ({ hall, ends, store, leases, id }: Run, movement: Movement): Region => {
  const { config, client, clock, random, connector } = hall;
  const { environment, region, regions, mode, lease } = config;
  return new Region(
    { environment, region, regions, mode, lease, processId: id, store: "shared" },
    {
      clock,
      random,
      leases,
      voters: dynamoVoters({ ...config, client, clock }, id),
      journal: store.journal,
      peers: store.peers,
      translator: new BoundedTranslator(connector.functions),
      observer: movement,
      taker: () => movement.taker(ends.taker),
      source: () => movement.source(unlessDrained(ends.source, hall)),
    },
  );
};

const restMs = 60_000;

/** Takes nothing more of a source while the connector drains. */
const unlessDrained = (source: Source, { drain }: Hall): Source => ({
  ...source,
  read: (reading, done) => {
    if (!drain.known) return source.read(reading, done);
    const reason = "it takes nothing more";
    done({ verdict: "wait", against: "us", sent: false, waitMs: restMs, reason, page: null });
    return { abort: () => undefined };
  },
  probe: (...asked) => source.probe(...asked),
  rewound: (...asked) => source.rewound(...asked),
});

/** Writes down how the connector is, now and then, and at the end. */
const tellingOf = (hall: Hall, region: Region): { begin(): void; end(): Promise<void> } => {
  const { config, clock, connector, regionalTable, drain } = hall;
  const tell = (): Promise<void> => {
    const published = publishedOf(connector.spec, config, region.status());
    if (published === null) return Promise.resolve();
    return new Promise((done) => publish(regionalTable, config.name, published, done));
  };
  let timer = clock.after(0, () => undefined);
  const later = (): void => {
    timer = clock.after(publishEveryMs, () => {
      void drain.asked();
      void tell();
      later();
    });
  };
  return {
    begin: later,
    end: () => {
      timer.cancel();
      return bounded<void>(clock, longestTellMs, (done) => void tell().then(done), undefined);
    },
  };
};
