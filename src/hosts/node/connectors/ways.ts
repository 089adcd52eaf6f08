import { noSource } from "../../../core/no-source.ts";
import type { Source, Taker } from "../../../core/ports.ts";
import type { Built } from "../../shared/build.ts";
import { SwappableSource, SwappableTaker } from "./swappable.ts";

interface Way {
  readonly taker: SwappableTaker;
  readonly source: SwappableSource;
}

export interface WaysPorts {
  readonly hubTaker: Taker;
  /** Lets telemetry see what a taker answers, and what is read. */
  watched(taker: Taker): Taker;
  watchedSource(source: Source): Source;
}

/** Where entries of connectors go, and where they are read from. Known before a connector is: its journal may be first. */
export class Ways {
  readonly #ports: WaysPorts;
  readonly #ways = new Map<string, Way>();

  constructor(ports: WaysPorts) {
    this.#ports = ports;
  }

  of(name: string): Way {
    let way = this.#ways.get(name);
    if (way === undefined) {
      way = { taker: new SwappableTaker(this.#ports.hubTaker), source: new SwappableSource(noSource) };
      this.#ways.set(name, way);
    }
    return way;
  }

  /** From now on this version's. */
  swap(built: Built): void {
    const { hubTaker, watched, watchedSource } = this.#ports;
    const { taker, source } = this.of(built.spec.name);
    taker.swap(built.role === "send" ? watched(built.sender) : hubTaker);
    const reader = built.role === "poll" || built.role === "receive" ? built.reader : null;
    source.swap(reader === null ? noSource : watchedSource(reader));
  }

  /** Reads nothing more for a connector. */
  stopReading(name: string): void {
    this.of(name).source.stop();
  }
}
