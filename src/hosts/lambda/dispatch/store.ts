import type { Table } from "../../../aws/dynamo/table.ts";
import type { Clock, Done, Journal, Peers, PullRequest, Random, Segment } from "../../../core/ports.ts";
import type { ReplicaTables } from "../../../journal/dynamo/entries.ts";
import { Heartbeats } from "../../../journal/dynamo/heartbeats.ts";
import { DynamoStore } from "../../../journal/dynamo/store.ts";

/** Of the time after which a region is taken for lost, this part is left to it to number what it accepted last. */
const staleTimesToRescue = 6;

export interface StorePlace {
  readonly clock: Clock;
  readonly random: Random;
  readonly region: string;
  readonly regions: readonly string[];
  readonly connector: string;
  /** Of the connector. */
  readonly table: Table;
  /** Of the region, not replicated. */
  readonly regionalTable: Table;
  /** What the gateways of all regions tell each other. */
  readonly gatewayTable: Table;
  /** Set where entries must be in another region before they are here. */
  readonly replicas: ReplicaTables | null;
  /** A gateway that was not heard of for so long is taken for lost. Milliseconds. */
  readonly staleMs: number;
  /** Set where other regions are told how far this one is: by an engine. Whoever only reads knows less. */
  readonly tells: boolean;
}

/** The journals of a connector as an engine has them at hand. */
export class EngineStore {
  readonly journal: Journal;
  readonly peers: Peers;
  readonly #store: DynamoStore;
  readonly #heartbeats: Heartbeats;
  readonly #region: string;
  #asked: PullRequest | null = null;

  constructor(place: StorePlace) {
    const others = place.regions.filter((other) => other !== place.region);
    this.#heartbeats = new Heartbeats({ ...place, others });
    this.#region = place.region;
    const rescueAfterMs = place.staleMs / staleTimesToRescue;
    this.#store = new DynamoStore({ ...place, rescueAfterMs, isStale: (region) => this.#isLost(region) });
    this.journal = this.#store.journal;
    this.peers = {
      pull: (region, request, done) => {
        if (place.tells) this.#asked = request;
        this.#store.peers.pull(region, request, done);
      },
    };
  }

  /** Reads all that is there. `done(false)`: the store did not let it. */
  open(done: Done<boolean>): void {
    this.#heartbeats.look(() => this.#store.open(done));
  }

  /**
   * Numbers what was accepted, and tells what is new of the region's own journals: written by other processes.
   * null: the store did not let it.
   *
   * @param actsFor regions whose duties are held here: what a lost one accepted and did not number is taken over
   */
  sweep(actsFor: readonly string[], done: Done<readonly Segment[] | null>): void {
    this.#heartbeats.look(() => {
      const lost = actsFor.filter((region) => this.#isLost(region));
      this.#rescue(lost, () => this.#store.sweep(done));
    });
  }

  /** Leaves the journals for the next engine, and tells the other regions that none is at work here any more. */
  rest(done: () => void): void {
    this.#store.close();
    this.#store.checkpoint(() => {
      if (this.#asked === null) return done();
      this.#store.peers.rest(this.#asked, () => done());
    });
  }

  /** Nobody hears of oneself. */
  #isLost(region: string): boolean {
    return region !== this.#region && this.#heartbeats.isStale(region);
  }

  #rescue([lost, ...rest]: readonly string[], done: () => void): void {
    if (lost === undefined) done();
    else this.#store.rescue(lost, () => this.#rescue(rest, done));
  }
}
