import type { Table } from "../aws/dynamo/table.ts";
import type { AcceptAnswer, AcceptInput } from "../core/acceptor.ts";
import { regionPolicy } from "../core/policy.ts";
import type {
  Done,
  Journal,
  Observation,
  Peers,
  PullReply,
  PullRequest,
  Source,
  Taker,
  Voter,
  VoterReply,
  VoterRequest,
} from "../core/ports.ts";
import { Region, type RegionConfig, type RegionPorts } from "../core/region.ts";
import { type VoterRows, VoterState } from "../core/voter.ts";
import type { ConnectorSpec } from "../define/spec.ts";
import { translator } from "./content.ts";
import { DynamoProcess } from "./dynamo-process.ts";
import { type Held, nothingHeld } from "./held.ts";
import { MemoryDisk } from "./memory-disk.ts";
import { MemoryJournal } from "./memory-journal.ts";
import type { Network } from "./network.ts";
import type { Machine } from "./process.ts";
import type { Dice } from "./random.ts";
import { machinesOf, type Schedule } from "./schedule-model.ts";
import { connectorSpec } from "./specs.ts";
import type { TableService } from "./table-service.ts";
import { leaseTimings, stopsWithinMs } from "./timings.ts";
import type { World } from "./world.ts";

/** Lets a test put something wrong between the core and the world: see traps.ts. */
export interface Wrapping {
  readonly spec?: (spec: ConnectorSpec) => ConnectorSpec;
  readonly config?: (config: RegionConfig) => RegionConfig;
  readonly ports?: (ports: RegionPorts, host: Host) => RegionPorts;
  readonly voterRows?: (rows: VoterRows | null) => VoterRows | null;
  /** What a process has of the table of its connector, where everything stands in tables. */
  readonly table?: (table: Table, host: Host) => Table;
  readonly voterClock?: (clock: ReturnType<Machine["clock"]>) => ReturnType<Machine["clock"]>;
}

/** What hosts of one world share. */
export interface Surroundings {
  readonly world: World;
  readonly network: Network;
  readonly schedule: Schedule;
  readonly dice: Dice;
  readonly hosts: Map<string, Host>;
  readonly tables: TableService;
  readonly takerOf: (machine: Machine, connector: string) => Taker;
  readonly sourceOf: (machine: Machine, connector: string) => Source;
  readonly observe: (machine: Machine, event: Observation) => void;
  readonly wrapping: Wrapping;
}

/** One machine of ours: a region with its voter, or the witness with a voter alone. */
export class Host {
  readonly machine: Machine;
  readonly #around: Surroundings;
  readonly #dice: Dice;
  #disk = new MemoryDisk();
  #rows: VoterRows | null = null;
  #voter: VoterState | null = null;
  #region: Region | null = null;
  #journal: Journal | null = null;
  /** Where everything stands in tables; else null. */
  #dynamo: DynamoProcess | null = null;
  /** The process that was asked to stop; 0 before any. */
  #stopping = 0;

  constructor(machine: Machine, around: Surroundings) {
    this.machine = machine;
    this.#around = around;
    this.#dice = around.dice.fork(machine.name);
  }

  /** Another machine of the world, as only a trap may look at it. */
  neighbour(name: string): Host | undefined {
    return this.#around.hosts.get(name);
  }

  get disk(): MemoryDisk {
    return this.#disk;
  }

  get voter(): VoterState | null {
    return this.#voter;
  }

  /** Null while the process is down, and always for the witness. */
  get region(): Region | null {
    return this.#region;
  }

  get journal(): Journal | null {
    return this.#journal;
  }

  /** What the region has of a connector, as far as one sees it from beside. */
  held(connector: string): Held {
    if (!this.#hasTables) return this.#disk.file(connector);
    return this.#region === null || this.#dynamo === null ? nothingHeld : this.#dynamo.held;
  }

  /** Whether anything was written here that a lost disk takes away. */
  get hasWritten(): boolean {
    return this.#disk.files.size > 0;
  }

  /** No space is left, or there is again. */
  fill(full: boolean): void {
    this.#disk.full = full;
    const { tables } = this.#around;
    if (full) tables.full.add(this.machine.name);
    else tables.full.delete(this.machine.name);
  }

  /** As whoever is called from outside does; nothing is answered while no process is there. */
  accept(connector: string, input: AcceptInput, done: Done<AcceptAnswer>): void {
    if (this.#hasTables) this.#dynamo?.accept(input, done);
    else this.#region?.accept(connector, input, done);
  }

  start(): void {
    this.machine.start();
    if (this.#hasTables) return this.#startOverTables();
    this.#startVoter();
    if (this.machine.name === "witness") return;
    this.#startRegion();
  }

  get #hasTables(): boolean {
    return this.#around.schedule.shape.store === "dynamo";
  }

  #startOverTables(): void {
    if (this.machine.name === "witness") return;
    const { schedule, wrapping, tables: service } = this.#around;
    const dynamo = new DynamoProcess({
      machine: this.machine,
      service,
      dice: this.#dice,
      shape: schedule.shape,
      table: (table) => wrapping.table?.(table, this) ?? table,
    });
    this.#dynamo = dynamo;
    dynamo.open(() => {
      const { journal, voters, peers } = dynamo;
      dynamo.look(this.#newRegion({ journal, voters, peers }));
    });
  }

  crash(): void {
    this.machine.crash();
    this.#voter = null;
    this.#region = null;
    this.#journal = null;
    this.#dynamo = null;
  }

  /** Asks the process to stop: it hands over what it can, then it is gone. */
  stop(): void {
    const process = this.machine.generation;
    if (!this.machine.running || this.#region === null) return;
    this.#stopping = process;
    this.#region.stop(() => this.#after(0, () => this.crash()));
    this.#after(stopsWithinMs - 1, () => this.crash());
  }

  get isStopping(): boolean {
    return this.machine.up && this.#stopping === this.machine.generation;
  }

  loseDisk(): void {
    this.#disk = new MemoryDisk();
    this.#rows = null;
  }

  #startVoter(): void {
    const { schedule, wrapping } = this.#around;
    const others = machinesOf(schedule.shape)
      .filter((name) => name !== this.machine.name)
      .map((name) => this.#voterAt(name));
    const clock = this.machine.clock();
    this.#voter = new VoterState(
      this.machine.name,
      leaseTimings,
      wrapping.voterClock?.(clock) ?? clock,
      wrapping.voterRows === undefined ? this.#rows : wrapping.voterRows(this.#rows),
      (rows, done) =>
        this.#later(() => {
          if (!this.#disk.full) this.#rows = rows;
          done(!this.#disk.full);
        }),
      others,
      schedule.shape.regions,
    );
  }

  #startRegion(): void {
    const { shape } = this.#around.schedule;
    const journal = new MemoryJournal(
      this.machine.name,
      this.#disk,
      (run) => this.#later(run),
      shape.slowReads ? (run) => this.#after(this.#dice.next() * 3, run) : (run) => run(),
    );
    const voters = machinesOf(shape).map((name) => this.#voterAt(name));
    this.#newRegion({ journal, voters, peers: this.#peers() });
  }

  #newRegion(over: Pick<RegionPorts, "journal" | "voters" | "peers">): Region {
    const { schedule, wrapping } = this.#around;
    const { shape } = schedule;
    const config: RegionConfig = {
      environment: "simulation",
      region: this.machine.name,
      regions: shape.regions,
      mode: shape.mode,
      processId: String(this.machine.generation),
      lease: leaseTimings,
      store: this.#hasTables ? "shared" : "process",
      policy: {
        ...regionPolicy,
        homeStableMs: 4_000,
        pruneEveryMs: shape.forgets ? 1_500 : regionPolicy.pruneEveryMs,
      },
    };
    const ports: RegionPorts = {
      clock: this.machine.clock(),
      random: () => this.#dice.next(),
      ...over,
      source: (connector) => this.#around.sourceOf(this.machine, connector),
      taker: (connector) => this.#around.takerOf(this.machine, connector),
      translator,
      observer: { observe: (event) => this.#around.observe(this.machine, event) },
    };
    this.#journal = over.journal;
    const region = new Region(wrapping.config?.(config) ?? config, wrapping.ports?.(ports, this) ?? ports);
    this.#region = region;
    for (const connector of shape.connectors) {
      const spec = connectorSpec(connector, shape);
      region.setConnector(wrapping.spec?.(spec) ?? spec);
    }
    region.start();
    return region;
  }

  #voterAt(name: string): Voter {
    const { network, hosts } = this.#around;
    return {
      name,
      request: (request: VoterRequest, done: (reply: VoterReply | null) => void): void => {
        const to = hosts.get(name);
        if (to === undefined) return done(null);
        if (to === this) return this.#voter === null ? done(null) : this.#voter.request(request, done);
        network.call<VoterReply>(
          this.machine,
          to.machine,
          leaseTimings.requestTimeoutMs,
          (reply) => to.voter?.request(request, (answer) => answer !== null && reply(answer)),
          done,
        );
      },
    };
  }

  #peers(): Peers {
    const { network, hosts } = this.#around;
    return {
      pull: (region: string, request: PullRequest, done: (reply: PullReply | null) => void): void => {
        const to = hosts.get(region);
        if (to === undefined) return done(null);
        const timeoutMs = request.waitMs + leaseTimings.requestTimeoutMs;
        network.call<PullReply>(
          this.machine,
          to.machine,
          timeoutMs,
          (reply) => to.region?.onPull(request, reply),
          done,
        );
      },
    };
  }

  #later(run: () => void): void {
    const [low, high] = this.#around.schedule.shape.commitMs;
    this.#after(low + this.#dice.next() * (high - low), run);
  }

  #after(delayMs: number, run: () => void): void {
    const process = this.machine.generation;
    this.#around.world.after(delayMs, () => this.machine.run(process, run));
  }
}
