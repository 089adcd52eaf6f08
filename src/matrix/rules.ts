/** The rules that decide, with the function that is asked, at run time and by an explanation alike. */
export interface Rule {
  readonly text: string;
  /** The code that decides, from the repository's root. */
  readonly file: string;
  readonly name: string;
}

export type RuleName = keyof typeof rules;

export const rules = {
  accept: {
    text: "limit, prove, identify, compare, make durable, and only then answer with 2xx",
    file: "src/core/acceptor.ts",
    name: "Acceptor",
  },
  refuse: {
    text: "a region that is starting, at capacity, or alone where two must hold it answers 503 with Retry-After",
    file: "src/core/acceptor.ts",
    name: "refusalOf",
  },
  lease: {
    text: "to act for a region's journals needs a lease that a majority of the voters grants",
    file: "src/core/quorum.ts",
    name: "agreed",
  },
  takeover: {
    text: "a lease that ended is seen, asked for by a region that is left, and acted on once peers were read",
    file: "src/core/timings.ts",
    name: "takeoverWithinMs",
  },
  home: {
    text: "a duty is at home in its own region, in primary-secondary at the primary",
    file: "src/core/homes.ts",
    name: "dutyHomeOf",
  },
  pollHome: {
    text: "one region reads: the primary, or in active-active the one that the connector's name hashes to",
    file: "src/core/homes.ts",
    name: "pollHomeOf",
  },
  doubt: {
    text: "after a lapse every open entry of the lost region may have been sent; after a planned return none",
    file: "src/core/suspicion.ts",
    name: "isSuspect",
  },
  unknown: {
    text: "what was sent and not answered is sent again, asked for, or left to a person, as the connector says",
    file: "src/core/unknown.ts",
    name: "resolutionOf",
  },
  return: {
    text: "a region goes on with its journal, or without its disk begins a new one",
    file: "src/core/starter.ts",
    name: "decideIncarnation",
  },
  verdict: {
    text: "a site is believed dead only over a good link: no peer reaches it, another site of theirs answers",
    file: "src/core/sites.ts",
    name: "verdictOn",
  },
  site: {
    text: "a site is left after failoverAfter, an active-active partner's at once, and taken back as failback says",
    file: "src/core/sites.ts",
    name: "decideSite",
  },
  redelivery: {
    text: "deliveries at a site that was left do not count from recoveryPoint before its last good answer",
    file: "src/core/sites.ts",
    name: "notSettledSince",
  },
  cursor: {
    text: "reading goes on where it stood, earlier by lookback or by what was lost, or not by itself",
    file: "src/core/cursors.ts",
    name: "decideCursor",
  },
  cursorVector: {
    text: "a feed's cursor is a position in every journal; presenting it acknowledges what is within it",
    file: "src/core/feed-page.ts",
    name: "feedPage",
  },
  breaker: {
    text: "failures in a row rest a site, longer each time, with one trial in between",
    file: "src/core/breaker.ts",
    name: "afterFailure",
  },
  again: {
    text: "repeats wait a random part of a time that doubles",
    file: "src/core/breaker.ts",
    name: "backoffMs",
  },
  taxonomy: {
    text: "what an answer, or none, means, and whom it counts against",
    file: "src/define/taxonomy.ts",
    name: "judgeResponse",
  },
  lend: {
    text: "a region whose link is bad hands the connector to one that reaches the partner",
    file: "src/core/site-keeper.ts",
    name: "SiteKeeper",
  },
} as const satisfies Readonly<Record<string, Rule>>;
