import type { Journal, Reach, Source } from "../core/ports.ts";
import type { RegionPorts } from "../core/region.ts";
import { joined } from "../core/vector.ts";
import type { Host } from "./host.ts";
import { answersOf, withChanges } from "./wrap.ts";

/** Checks the lease first, then connects and reads. */
export const readsEarly = (source: Source): Source =>
  withChanges(source, {
    read: (reading, done) => {
      const may = reading.mayWrite();
      return source.read({ ...reading, mayWrite: () => may }, done);
    },
  });

/** Two writes instead of one: first how far it is, then what came. */
export const cursorFirst = (journal: Journal): Journal =>
  withChanges(journal, {
    write: (connector, records, done) => {
      const cursors = records.filter(({ kind }) => kind === "cursor");
      const rest = records.filter(({ kind }) => kind !== "cursor");
      if (cursors.length === 0 || rest.length === 0) return journal.write(connector, records, done);
      journal.write(connector, cursors, (first) => {
        if (first.kind === "refused") return done(first);
        journal.write(connector, rest, (second) =>
          done(
            second.kind === "refused" ? second : { ...second, positions: [...second.positions, ...first.positions] },
          ),
        );
      });
    },
  });

/** A cursor that stands where the other regions are, not where their records are here. */
export const skipsWhatLags = (journal: Journal, host: Host): Journal =>
  withChanges(journal, {
    offers: (connector, above, limit, done) =>
      journal.offers(connector, above, limit, (page) => {
        const others = ["east", "west", "north", "south"].flatMap((name) => host.neighbour(name) ?? []);
        const vectors = others.map(({ disk }) => disk.file(connector).vector());
        done(page.offers.length === 0 ? page : { ...page, upTo: joined(page.upTo, ...vectors) });
      }),
  });

/** What a peer does not reach is not asked here either: its bad link opens the breaker for all. */
export const dreadsLinksOfOthers = (ports: RegionPorts): RegionPorts => {
  let reach: Reach = {};
  const peers = answersOf(ports.peers, (reply) => {
    reach = reply.reach;
    return reply;
  });
  return {
    ...ports,
    peers,
    taker: (connector) => {
      const taker = ports.taker(connector);
      return withChanges(taker, {
        probe: (name, site, done) =>
          taker.probe(name, site, (ok) => done(ok && reach[`partner/${site}`]?.ok !== false)),
      });
    },
  };
};
