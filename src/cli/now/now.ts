/** What a running connector does at this moment, why, and what happens next: from what the regions say. Pure. */
import { type ExitCode, exit } from "../exit.ts";
import type { ConnectorStatus, RegionStatus } from "../messages.ts";
import { age, number } from "../output.ts";
import { type Heard, reportOf } from "../status/report.ts";

export interface Now {
  /** Who acts for what, under which lease. */
  readonly acting: readonly string[];
  /** Which sites are used, and why. */
  readonly sites: readonly string[];
  /** What waits, and what for. */
  readonly held: readonly string[];
  /** Reading, and readers. */
  readonly reading: readonly string[];
  /** What comes next, and when. */
  readonly next: readonly string[];
  readonly silent: Heard["silent"];
  readonly code: ExitCode;
}

interface View {
  readonly region: string;
  readonly of: RegionStatus;
  readonly connector: ConnectorStatus;
}

/** @returns null where no region has the connector */
export const nowOf = (name: string, heard: Heard): Now | null => {
  const views = heard.statuses.flatMap(([region, of]): readonly View[] => {
    const connector = of.connectors[name];
    return connector === undefined ? [] : [{ region, of, connector }];
  });
  const [first] = views;
  if (first === undefined) return null;
  const acting = actingLines(views);
  const sites = views.flatMap((view) => siteLines(view));
  const held = heldLines(name, heard, views);
  const reading = [...pollLines(views), ...readerLines(views)];
  const next = views.flatMap(nextLines);
  const isSilent = Object.keys(heard.silent).length > 0;
  const attention = [...acting, ...sites, ...held, ...reading].some(({ asks }) => asks);
  return {
    acting: textsOf(acting),
    sites: textsOf(sites),
    held: textsOf(held),
    reading: textsOf(reading),
    next: [...new Set(next)],
    silent: heard.silent,
    code: isSilent ? exit.silent : attention ? exit.degraded : exit.well,
  };
};

interface Line {
  readonly text: string;
  /** Whether somebody should look. */
  readonly asks: boolean;
}
const well = (text: string): Line => ({ text, asks: false });
const asks = (text: string): Line => ({ text, asks: true });
const textsOf = (lines: readonly Line[]): readonly string[] => [...new Set(lines.map(({ text }) => text))];

const verbs: Readonly<Record<string, string>> = {
  receive: "publishes",
  poll: "publishes",
  send: "sends",
  feed: "settles",
};

const actingLines = (views: readonly View[]): readonly Line[] => {
  const duties = [...new Set(views.flatMap(({ of }) => of.duties.map(({ region }) => region)))];
  return duties.map((duty) => {
    const actor = views.find(({ connector }) => connector.actsFor.includes(duty));
    return actor === undefined ? idleLine(views, duty) : actorLine(actor, duty);
  });
};

const actorLine = ({ region, of, connector }: View, duty: string): Line => {
  const lease = of.duties.find((one) => one.region === duty);
  const verb = verbs[connector.role] ?? "acts for";
  const what = `${region} ${verb} what ${duty === region ? "it" : duty} accepted`;
  if (lease === undefined || lease.epoch === null)
    return well(`${what}, under a lease for this connector alone: the link of the other is bad`);
  return well(
    `${what}: it holds that duty (lease ${lease.epoch}) for ${age(lease.remainingMs)} more, and renews it before`,
  );
};

const idleLine = (views: readonly View[], duty: string): Line => {
  const holder = views.flatMap(({ of }) => of.duties.find(({ region }) => region === duty)?.holder ?? [])[0];
  const state = views.flatMap(
    ({ of }) => of.duties.find(({ region, epoch }) => region === duty && epoch !== null)?.state ?? [],
  )[0];
  if (holder === undefined)
    return asks(`nobody acts for what ${duty} accepted: it is kept until a region is granted the lease`);
  return asks(
    `${holder} holds the duty for what ${duty} accepted and does not act yet${state === undefined ? "" : ` (${state})`}`,
  );
};

/** As the region sees it that acts: the others decide nothing. */
const siteLines = ({ region, of, connector }: View): readonly Line[] => {
  if (connector.actsFor.length === 0) return [];
  return Object.entries(connector.chains).map(([home, { site, stays, switchInMs }]) => {
    const seen = of.sites[`${connector.partner}/${site}`];
    const away = site === home ? "" : ` instead of ${home}`;
    if (seen !== undefined && seen.failingForMs === null && seen.breaker !== "closed")
      return asks(`${region} uses ${site}${away}, and spares it requests (${seen.reason || "no reason was told"})`);
    if (seen === undefined || seen.failingForMs === null) {
      const back = site === home || switchInMs === null ? stays : `back to ${home} in ${age(switchInMs)}`;
      return well(`${region} uses ${site}${away}, which answers${site === home ? "" : `: ${back}`}`);
    }
    const next =
      switchInMs === null
        ? `it is not left: ${stays}`
        : switchInMs === 0
          ? "it is being left"
          : `it is left in ${age(switchInMs)} if that goes on`;
    return asks(
      `${region} uses ${site}${away}, which fails for ${age(seen.failingForMs)} (${seen.reason || "no reason was told"}): ${next}`,
    );
  });
};

/** What holds an entry where nothing is wrong. */
const waitsFor: Readonly<Record<string, string>> = { feed: "until every reader has read them" };

const heldLines = (name: string, heard: Heard, views: readonly View[]): readonly Line[] => {
  const line = reportOf(heard).connectors.find((one) => one.name === name);
  if (line === undefined) return [];
  const { held, oldestMs, faults, unknown, state } = line;
  const why =
    state !== "at work" ? state : views.some(isResting) ? "the site rests" : (waitsFor[line.role] ?? "under way");
  const lines = [
    held === 0 ? well("nothing waits") : well(`${number(held)} wait, the oldest for ${age(oldestMs)}: ${why}`),
    ...(faults === 0
      ? []
      : [asks(`${number(faults)} were refused and wait for a person: isthmus faults --connector ${name}`)]),
    ...(unknown === 0
      ? []
      : [
          asks(
            `${number(unknown)} were sent and not answered, and wait for a person: isthmus unknown --connector ${name}`,
          ),
        ]),
  ];
  return state === "at work" ? lines : [asks(`it is ${state}`), ...lines];
};

const sitesInUse = ({ of, connector }: View) =>
  Object.values(connector.chains).flatMap(({ site }) => {
    const seen = of.sites[`${connector.partner}/${site}`];
    return seen === undefined ? [] : [{ site, ...seen }];
  });

const isResting = (view: View): boolean =>
  view.connector.actsFor.length > 0 && sitesInUse(view).some(({ restMs }) => restMs !== 0);

const pollLines = (views: readonly View[]): readonly Line[] => {
  const polled = views.filter(({ connector }) => connector.poll !== null);
  if (polled.length === 0) return [];
  const reader = polled.find(({ connector }) => connector.poll?.state !== "elsewhere");
  const poll = reader?.connector.poll;
  if (reader === undefined || poll === undefined || poll === null) return [asks("no region reads now")];
  const { state, site, why, cursorAgeMs, lastReadAt } = poll;
  const cursor = cursorAgeMs === null ? "no cursor yet" : `the cursor is ${age(cursorAgeMs)} old`;
  const last = lastReadAt === null ? "" : `, last answered ${age(Math.max(0, reader.of.wallMs - lastReadAt))} ago`;
  const text = `${reader.region} reads ${site}: ${state}${why === "" ? "" : ` (${why})`}, ${cursor}${last}`;
  return [state === "held" || state === "refused" ? asks(text) : well(text)];
};

/** Of what regions know of a reader the latest counts. */
const readerLines = (views: readonly View[]): readonly Line[] => {
  const names = [...new Set(views.flatMap(({ connector }) => Object.keys(connector.readers)))].sort();
  return names.map((name) => {
    const seen = views.flatMap(({ of, connector }) => {
      const reader = connector.readers[name];
      return reader === undefined ? [] : [{ ...reader, now: of.wallMs }];
    });
    const least = seen.toSorted((a, b) => a.unread - b.unread)[0];
    const last = Math.max(...seen.map(({ lastReadAt }) => lastReadAt ?? Number.NEGATIVE_INFINITY));
    const now = Math.max(...seen.map((one) => one.now));
    const came = Number.isFinite(last) ? `last here ${age(Math.max(0, now - last))} ago` : "not here since the start";
    if (least === undefined || least.unread === 0) return well(`reader ${name} has read everything, ${came}`);
    const oldest =
      least.oldestUnreadAt === null ? "" : `, the oldest for ${age(Math.max(0, now - least.oldestUnreadAt))}`;
    return well(`reader ${name} lacks ${number(least.unread)}${oldest}, ${came}`);
  });
};

const nextLines = (view: View): readonly string[] => {
  const { region, connector } = view;
  if (connector.actsFor.length === 0) return nextReading(view);
  const trials = sitesInUse(view).flatMap(({ site, restMs }) => {
    if (restMs === 0) return [];
    return [
      restMs === null
        ? `${region} waits for the answer of a trial at ${site}`
        : `${region} tries ${site} in ${age(restMs)}`,
    ];
  });
  const switches = Object.values(connector.chains).flatMap(({ site, switchInMs }) =>
    switchInMs === null || switchInMs === 0 ? [] : [`${region} leaves ${site} in ${age(switchInMs)}, if it goes on so`],
  );
  return [...trials, ...switches, ...(trials.length === 0 ? nextReading(view) : [])];
};

const nextReading = ({ region, of, connector: { poll } }: View): readonly string[] => {
  if (poll === null || poll.nextReadAt === null) return [];
  return [`${region} reads ${poll.site} again in ${age(Math.max(0, poll.nextReadAt - of.wallMs))}`];
};
