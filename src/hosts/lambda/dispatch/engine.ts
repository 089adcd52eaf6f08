import type { Clock, Done, Journal, OpenEntry, Segment, Timer } from "../../../core/ports.ts";
import type { Region } from "../../../core/region.ts";
import type { ConnectorStatus, RegionStatus } from "../../../core/status.ts";
import { journalsOf } from "../../../core/vector.ts";
import type { ConnectorSpec } from "../../../define/spec.ts";
import type { Movement } from "./movement.ts";

export interface EngineTimes {
  /** How often it is looked for what others wrote, while something happens. */
  readonly lookMs: number;
  /** The same while nothing does: each look is paid for. */
  readonly stillLookMs: number;
  /** It ends when nothing moved for so long and nothing is left to do. */
  readonly quietMs: number;
  /** A poll that is due within this time is waited for. */
  readonly nearMs: number;
  /** Before the function's end, for requests to end and duties to be handed over. */
  readonly stopMs: number;
}

export interface EnginePorts {
  readonly region: Region;
  readonly spec: ConnectorSpec;
  readonly paused: boolean;
  readonly journal: Journal;
  readonly clock: Clock;
  readonly movement: Movement;
  readonly times: EngineTimes;
  /**
   * Numbers what was accepted, and tells what is new of the region's own journals: written here by other processes.
   * null: the store did not let it.
   */
  sweep(actsFor: readonly string[], done: Done<readonly Segment[] | null>): void;
  /** Whether this engine, and no other, may still act: what it lost it never gets again. */
  mayAct(): boolean;
  /** It is about to end, and knows still what it did. */
  stopping(): void;
}

export interface EngineEnd {
  /** Whether all that was accepted before is numbered. */
  readonly numbered: boolean;
  /** Something is left to do, at once. */
  readonly unfinished: boolean;
  /** When there is something to do next; null: when somebody says so. Wall clock, ms. */
  readonly wakeAt: number | null;
}

/** Kept of the time for stopping, for what comes after it. Milliseconds. */
const leaveMs = ({ stopMs }: EngineTimes): number => Math.min(2_000, stopMs / 4);

/** Runs a region with one connector for as long as there is something to do, and hands its duties over at the end. */
export class Engine {
  readonly #ports: EnginePorts;
  readonly #endAt: number;
  readonly #ended: Done<EngineEnd>;
  #numbered = false;
  #timer: Timer | null = null;
  #deadline: Timer | null = null;
  #stopping = false;

  /** @param remainingMs until the function is cut off */
  constructor(ports: EnginePorts, remainingMs: number, ended: Done<EngineEnd>) {
    this.#ports = ports;
    this.#endAt = ports.clock.monotonicMs() + remainingMs - ports.times.stopMs;
    this.#ended = ended;
  }

  start(): void {
    const { region, spec, paused } = this.#ports;
    region.setConnector(spec, paused);
    region.start();
    // Whatever a store that does not answer is still asked for.
    const leftMs = Math.max(0, this.#endAt - this.#ports.clock.monotonicMs());
    this.#deadline = this.#ports.clock.after(leftMs, () => this.#stop(true, region.status()));
    this.#look();
  }

  #look(): void {
    // Before, nothing can be numbered: it is not known which journal is written.
    if (!this.#ports.region.begun) return this.#goOn();
    const { region, spec } = this.#ports;
    const actsFor = region.config.regions.filter((each) => region.handsOn(spec.name, each));
    this.#ports.sweep(actsFor, (segments) => {
      this.#numbered = segments !== null;
      for (const segment of segments ?? []) this.#ports.region.took(segment);
      if (segments !== null && segments.length > 0) this.#ports.movement.moved();
      this.#goOn();
    });
  }

  #goOn(): void {
    if (this.#stopping) return;
    const { clock, times, region } = this.#ports;
    const { mayAct } = this.#ports;
    if (clock.monotonicMs() >= this.#endAt || !mayAct()) return this.#stop(true, region.status());
    this.#restsFrom((rests) => {
      if (this.#stopping) return;
      if (rests !== null) return this.#stop(false, rests);
      const { lookMs, stillLookMs } = times;
      const waitMs = this.#ports.movement.stillMs() < stillLookMs ? lookMs : stillLookMs;
      this.#timer = clock.after(waitMs, () => this.#look());
    });
  }

  /** @param done with the status where there is nothing to do, else null */
  #restsFrom(done: Done<RegionStatus | null>): void {
    const { movement, times, region, spec } = this.#ports;
    const stillMs = movement.stillMs();
    if (stillMs < times.quietMs) return done(null);
    const status = region.status();
    const of = status.connectors[spec.name];
    if (of === undefined || this.#isChanging(status, of) || this.#pollsSoon(of)) return done(null);
    if (spec.role === "feed" || stillMs >= this.#longestWaitMs()) return done(status);
    this.#anyOpen(of.actsFor, (open) => done(open ? null : status));
  }

  /** A duty is taken up or handed over, or the connector is borrowed for its link. */
  #isChanging({ ready, duties }: RegionStatus, { actsFor }: ConnectorStatus): boolean {
    const states = Object.values(duties).map(({ state }) => state);
    const borrowed = actsFor.some((region) => duties[region]?.state !== "acting");
    return !ready || borrowed || states.some((state) => state === "preparing" || state === "returning");
  }

  #pollsSoon({ poll }: ConnectorStatus): boolean {
    if (poll === null || poll.state === "elsewhere" || this.#ports.paused) return false;
    const { nextReadAt } = poll;
    return nextReadAt === null || nextReadAt - this.#ports.clock.wallMs() <= this.#ports.times.nearMs;
  }

  /** What is open and was not tried for longer than any wait between two tries waits for a person. */
  #longestWaitMs(): number {
    const { spec, times, paused } = this.#ports;
    return paused ? times.quietMs : spec.retry.capMs + spec.requestTimeoutMs + times.quietMs;
  }

  #anyOpen(regions: readonly string[], done: Done<boolean>): void {
    const { journal, spec } = this.#ports;
    const vector = journal.vector(spec.name);
    const journals = regions.flatMap((region) => journalsOf(region, vector));
    if (journals.length === 0) return done(false);
    journal.open(spec.name, { journals, above: {}, limit: 1 }, (open: readonly OpenEntry[]) => done(open.length > 0));
  }

  #stop(unfinished: boolean, { connectors }: RegionStatus): void {
    if (this.#stopping) return;
    this.#stopping = true;
    this.#timer?.cancel();
    this.#deadline?.cancel();
    const { region, spec, stopping } = this.#ports;
    stopping();
    const wakeAt = connectors[spec.name]?.poll?.nextReadAt ?? null;
    const stopped = once((isUnfinished: boolean) =>
      this.#ended({ numbered: this.#numbered, unfinished: isUnfinished, wakeAt }),
    );
    // By then no request is open; what could not be handed over lapses with the claim.
    const { clock, times } = this.#ports;
    const late = clock.after(times.stopMs - leaveMs(times), () => stopped(true));
    region.stop(() => {
      late.cancel();
      stopped(unfinished);
    });
  }
}

const once = <T>(run: Done<T>): Done<T> => {
  let isOver = false;
  return (given) => {
    if (isOver) return;
    isOver = true;
    run(given);
  };
};
