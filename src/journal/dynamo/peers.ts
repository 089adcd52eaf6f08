import type { Table } from "../../aws/dynamo/table.ts";
import type { Clock, Done, Journal, Peers, PullReply, PullRequest } from "../../core/ports.ts";
import type { ConnectorStore } from "./connector-store.ts";
import { statusIn, statusKey } from "./status.ts";

export interface DynamoPeersPorts {
  readonly region: string;
  readonly regions: readonly string[];
  readonly connector: string;
  readonly clock: Clock;
  readonly table: Table;
  readonly journal: Journal;
  readonly store: ConnectorStore;
  /** A region whose gateway has not been heard of lately does not answer. */
  isStale(region: string): boolean;
  /** Between two looks of a pull that waits for news, in milliseconds. Default 500. */
  readonly lookMs?: number;
  /** What is told of this region is written again at the earliest after this, in milliseconds. Default 1,000. */
  readonly statusMs?: number;
  /** Whether what this process knows is told. Default true. */
  readonly tells?: boolean;
}

const defaultLookMs = 500;

/**
 * The port `Peers` where nobody asks anybody: what other regions wrote comes into the own replica of the table, their
 * pages as their status.
 */
export class DynamoPeers implements Peers {
  readonly #ports: DynamoPeersPorts;
  #told = "";
  #toldAt: number | null = null;

  constructor(ports: DynamoPeersPorts) {
    this.#ports = ports;
  }

  pull(region: string, request: PullRequest, done: Done<PullReply | null>): void {
    const { clock, lookMs = defaultLookMs, tells = true } = this.#ports;
    if (tells) this.#tell(request, true, () => undefined);
    const until = clock.monotonicMs() + request.waitMs;
    const look = (): void => {
      if (this.#ports.isStale(region)) return this.#unanswered(request, done);
      this.#look(region, (reply) => {
        if (reply === null) return this.#unanswered(request, done);
        const isLast = clock.monotonicMs() + lookMs > until;
        if (isLast || reply.segments.length > 0) return done(reply);
        clock.after(lookMs, look);
      });
    };
    look();
  }

  /** Tells that no engine is at work here any more. `done(false)`: it could not be told. */
  rest(request: Omit<PullRequest, "waitMs">, done: Done<boolean>): void {
    this.#tell(request, false, done);
  }

  /** As a peer that does not answer: after as long as it would have been waited for. */
  #unanswered({ waitMs }: PullRequest, done: Done<null>): void {
    if (waitMs === 0) return done(null);
    this.#ports.clock.after(Math.min(waitMs, this.#ports.lookMs ?? defaultLookMs), () => done(null));
  }

  #look(region: string, done: Done<PullReply | null>): void {
    const { connector, table, journal, store } = this.#ports;
    table.get([statusKey(region)], false, (got) => {
      if (got.kind === "failed") return done(null);
      const status = statusIn(got.items[0] ?? null);
      this.#readOthers((well) => {
        if (!well) return done(null);
        done({
          region,
          incarnation: status.incarnation,
          askerIncarnation: journal.highestIncarnation,
          vectors: { [connector]: status.vector },
          ready: status.ready,
          reach: status.reach,
          segments: store.told.takeForeign(),
          more: false,
        });
      });
    });
  }

  /** Of every other region: also of those that are gone, what they wrote may still come. */
  #readOthers(done: Done<boolean>): void {
    const { region, regions, store } = this.#ports;
    const others = regions.filter((other) => other !== region);
    const next = (at: number): void => {
      const other = others[at];
      if (other === undefined) return done(true);
      store.readOf(other, (well) => (well ? next(at + 1) : done(false)));
    };
    next(0);
  }

  #tell(request: Omit<PullRequest, "waitMs">, isAwake: boolean, done: Done<boolean>): void {
    const { region, connector, clock, table, statusMs = 1_000 } = this.#ports;
    const now = clock.monotonicMs();
    const { incarnation, vectors, ready, reach } = request;
    const vector = vectors[connector] ?? {};
    const text = JSON.stringify([
      incarnation,
      vector,
      ready,
      Object.entries(reach).map(([site, { ok }]) => [site, ok]),
    ]);
    const isEarly = this.#toldAt !== null && now - this.#toldAt < statusMs;
    if (isAwake && (isEarly || (text === this.#told && !this.#isOld(now)))) return done(true);
    this.#told = text;
    this.#toldAt = now;
    const attributes = {
      incarnation,
      vector: JSON.stringify(vector),
      ready: ready ? 1 : 0,
      reach: JSON.stringify(reach),
      awake: isAwake ? 1 : 0,
      at: clock.wallMs(),
    };
    table.put({ ...statusKey(region), attributes }, null, (result) => {
      if (result.kind !== "written") this.#told = "";
      done(result.kind === "written");
    });
  }

  /** Ages of what is told go on, so it is told again now and then. */
  #isOld(now: number): boolean {
    return this.#toldAt === null || now - this.#toldAt > (this.#ports.statusMs ?? 1_000) * 10;
  }
}
