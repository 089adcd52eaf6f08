import { hkdfSync } from "node:crypto";
import type { RequestListener, Server } from "node:http";
import type { Taker, Translator } from "../../core/ports.ts";
import { Region } from "../../core/region.ts";
import { HubTaker } from "../../drivers/hub/taker.ts";
import type { NetworkOptions } from "../../drivers/port.ts";
import { EmbeddedHub } from "../../hub/embedded/hub.ts";
import { openSqliteJournal, type SqliteJournal } from "../../journal/sqlite/journal.ts";
import { nodeClock } from "../shared/clock.ts";
import { asItIs, Health, healthConnector, healthSpec } from "../shared/health.ts";
import { type Cluster, joinCluster } from "./cluster.ts";
import type { RegionHostConfig } from "./config.ts";
import { ConnectorRuntime } from "./connectors/runtime.ts";
import { ConnectorStore } from "./connectors/store.ts";
import { Ways } from "./connectors/ways.ts";
import { AcceptHandler } from "./http/accept.ts";
import { adminListener } from "./http/admin.ts";
import { adminRoutes } from "./http/admin-routes.ts";
import { FeedHandler } from "./http/feeds.ts";
import { publicListener } from "./http/public.ts";
import { close, listen } from "./http/servers.ts";
import { Inspector } from "./inspector.ts";
import { PullDesk } from "./peers/pull-desk.ts";
import type { RunningHost, Starting } from "./running.ts";
import { Alarms } from "./telemetry/alarms.ts";
import { Telemetry } from "./telemetry/telemetry.ts";
import { HostTranslator } from "./translation/translator.ts";

/** Calls that are open at a stop are given this long. Milliseconds. */
const graceMs = 2_000;
/** Duties are handed over within this time at a stop, or lapse. Milliseconds. */
const handOverMs = 6_000;
/** Peers have this long to read the last records. Milliseconds. */
const lastPullsMs = 1_000;
/** Networks of partners on premises: none is reached from here yet. */
const cidrs: readonly string[] = [];

/** What a region's process is made of. */
interface Parts {
  readonly journal: SqliteJournal;
  readonly hub: EmbeddedHub;
  readonly cluster: Cluster;
  readonly telemetry: Telemetry;
  readonly translator: HostTranslator;
  readonly connectors: ConnectorRuntime;
  readonly region: Region;
  readonly accept: AcceptHandler;
  readonly feeds: FeedHandler;
  readonly pulls: PullDesk;
  readonly health: Health;
}

/**
 * A region's gateway on one machine: the core with its adapters, behind a public and an admin server.
 *
 * @throws FolderLockedError, StateVersionError, and Errors that name a taken port
 */
export const startRegion = async (starting: Starting<RegionHostConfig>): Promise<RunningHost> => {
  const { config } = starting;
  const parts = compose(starting);
  const { region, connectors, telemetry } = parts;
  telemetry.watch(() => visible(region));
  const admin = await listen(config.host, config.adminPort, adminOf(starting, parts));
  region.setConnector(healthSpec);
  await connectors.restore();
  const connector = (name: string) => connectors.get(name);
  const open = await listen(
    config.host,
    config.publicPort,
    publicListener({ ...parts, connector, hubToken: config.adminToken }),
  );
  region.start();
  const alarms = new Alarms({
    clock: nodeClock,
    log: starting.log,
    status: () => visible(region),
    spec: (name) => connectors.get(name)?.spec,
    quietForMs: (name) => telemetry.rates.quietForMs(name),
  });
  return {
    stop: () => {
      alarms.stop();
      return stop(parts, open, admin);
    },
  };
};

/** Parts that know nothing of a region. */
const adaptersOf = ({ config, log }: Starting<RegionHostConfig>) => {
  const clock = nodeClock;
  // The journal first: it locks the folder.
  const journal = openSqliteJournal({ folder: config.stateDir, region: config.region });
  const hub = new EmbeddedHub({ folder: config.stateDir, clock });
  const cluster = joinCluster(config, clock);
  const telemetry = new Telemetry(log, clock, [healthConnector]);
  const translator = new HostTranslator(clock);
  return { clock, journal, hub, cluster, telemetry, translator };
};

const compose = (starting: Starting<RegionHostConfig>): Parts => {
  const { config, processId } = starting;
  const adapters = adaptersOf(starting);
  const { clock, journal, cluster, telemetry, translator } = adapters;
  const ways = waysOf(adapters);
  const connectors = runtimeOf(starting, adapters, ways, () => region);
  const health = new Health({
    clock,
    accept: (input, done) => region.accept(healthConnector, input, done),
    acts: () => region.acts(config.region),
  });
  const region: Region = new Region(
    { ...config, processId },
    {
      clock,
      random: Math.random,
      journal,
      voters: cluster.voters,
      peers: cluster.peers,
      translator: withHealth(translator),
      observer: telemetry,
      source: (connector) => ways.of(connector).source,
      taker: (connector): Taker => (connector === healthConnector ? health : ways.of(connector).taker),
    },
  );
  const doors = { region, telemetry, connector: (name: string) => connectors.get(name) };
  const pulls = new PullDesk(region, clock);
  return {
    ...adapters,
    connectors,
    region,
    pulls,
    health,
    accept: new AcceptHandler(doors),
    feeds: new FeedHandler(doors),
  };
};

const waysOf = ({ hub, clock, telemetry }: ReturnType<typeof adaptersOf>): Ways =>
  new Ways({
    hubTaker: telemetry.watched(new HubTaker(hub, clock)),
    watched: (taker) => telemetry.watched(taker),
    watchedSource: (source) => telemetry.watchedSource(source),
  });

const runtimeOf = (
  { config, log }: Starting<RegionHostConfig>,
  { clock, journal, hub, telemetry, translator }: ReturnType<typeof adaptersOf>,
  ways: Ways,
  region: () => Region,
): ConnectorRuntime => {
  const source = `hub:${config.region}`;
  return new ConnectorRuntime({
    clock,
    region,
    hub,
    ways,
    translator,
    store: new ConnectorStore(config.stateDir),
    network: networkOf(config),
    cursorKey: cursorKeyOf(config),
    lease: config.lease,
    subscription: {
      hub,
      clock,
      source,
      acceptBatch: (...asked) => region().acceptBatch(...asked),
      observe: (connector, answer, count) => telemetry.taken(connector, answer, count),
    },
    log,
    cursor: (connector) => journal.cursor(connector, source)?.value ?? null,
  });
};

/**
 * Of what all regions of the environment share and nobody else knows, so that a cursor of one is good at all. A new peer
 * token makes cursors unreadable: readers then start again without, where they were.
 */
const cursorKeyOf = ({ peerToken }: RegionHostConfig): Uint8Array =>
  new Uint8Array(hkdfSync("sha256", peerToken, "", "isthmus feed cursor", 32));

const networkOf = ({ loopback, outboundProxy }: RegionHostConfig): NetworkOptions => ({
  cidrs,
  loopback,
  ...(outboundProxy === undefined ? {} : { proxy: outboundProxy }),
});

const withHealth = (users: Translator): Translator => ({
  translate: (connector, ...asked) => {
    const translator = connector === healthConnector ? asItIs : users;
    translator.translate(connector, ...asked);
  },
  sameContent: (connector, first, second, done) => users.sameContent(connector, first, second, done),
});

const visible = (region: Region): ReturnType<Region["status"]> => {
  const { connectors, ...status } = region.status();
  const { [healthConnector]: _, ...shown } = connectors;
  return { ...status, connectors: shown };
};

const adminOf = (starting: Starting<RegionHostConfig>, parts: Parts): RequestListener => {
  const { journal, region, connectors, telemetry, cluster, pulls } = parts;
  const { config, processId, log, onStop } = starting;
  const { rates } = telemetry;
  const inspector = new Inspector({ region, journal, voter: cluster.ownVoter, connectors, rates, processId });
  return adminListener({
    config,
    processId,
    log,
    voter: cluster.ownVoter,
    incarnation: () => journal.incarnation,
    pull: (request, done) => pulls.serve(request, done),
    routes: adminRoutes({ region, journal, connectors, inspector }),
    metrics: (request, response) => telemetry.serve(request, response),
    stop: onStop,
  });
};

/** The admin server goes last: peers read what was written while the duties were handed over. */
const stop = async (parts: Parts, open: Server, admin: Server): Promise<void> => {
  const { region, accept, feeds, pulls, connectors, translator, cluster, telemetry, hub, journal } = parts;
  accept.close();
  feeds.close();
  connectors.stopAccepting();
  await close(open, graceMs);
  await within(handOverMs, new Promise<void>((done) => region.stop(done)));
  await pulls.finish(lastPullsMs);
  await close(admin, 0);
  await Promise.all([cluster.close(), translator.close(), telemetry.close()]);
  await hub.close();
  await journal.close();
};

const within = (ms: number, work: Promise<void>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  void work.then(() => {
    clearTimeout(timer);
    resolve();
  });
  return promise;
};
