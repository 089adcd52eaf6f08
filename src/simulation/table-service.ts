import { MemoryGlobalTable } from "../aws/dynamo/memory-global-table.ts";
import { MemoryStore } from "../aws/dynamo/memory-table.ts";
import type { Table } from "../aws/dynamo/table.ts";
import type { Network } from "./network.ts";
import type { Machine } from "./process.ts";
import type { Dice } from "./random.ts";
import { ReachedTable } from "./reached-table.ts";
import type { Shape } from "./schedule-model.ts";
import type { World } from "./world.ts";

export interface ServiceWorld {
  readonly world: World;
  readonly network: Network;
  readonly dice: Dice;
  readonly shape: Shape;
  /** Whether the weather is over. */
  readonly calm: () => boolean;
  readonly machineOf: (name: string) => Machine | undefined;
}

/** An item that cannot be brought to another region is tried again after this. Milliseconds. */
const carryAgainMs = 400;
const gateway = "gateway";

/**
 * The tables of one environment: they outlive every process. What is written to one replica comes to each other one by
 * itself, item by item, each after a time of its own, and not at all while the way between them is cut or stopped.
 */
export class TableService {
  readonly #at: ServiceWorld;
  readonly #global = new Map<string, MemoryGlobalTable>();
  readonly #regional = new Map<string, MemoryStore>();
  readonly #stopped = new Map<string, number>();
  /** Regions in which the account is at its limit. */
  readonly full = new Set<string>();

  constructor(at: ServiceWorld) {
    this.#at = at;
  }

  /** What a process reaches of a connector's table, through the endpoint of a region. */
  connector(machine: Machine, name: string, region: string): Table {
    return this.#reached(machine, region, this.#globalTable(name).replica(region), () => this.full.has(region));
  }

  /** What the gateways of all regions tell each other. */
  gateway(machine: Machine): Table {
    return this.#reached(machine, machine.name, this.#globalTable(gateway).replica(machine.name));
  }

  /** The table of one region, or of the witness's, that is not replicated. */
  regional(machine: Machine, region: string): Table {
    const store = this.#regional.get(region) ?? new MemoryStore();
    this.#regional.set(region, store);
    return this.#reached(machine, region, store);
  }

  /** How many items of a connector wait for a number in their own region. */
  waiting(connector: string): number {
    const table = this.#globalTable(connector);
    const inboxes = this.#at.shape.regions.map((region) =>
      table
        .replica(region)
        .inbox()
        .filter(({ attributes }) => attributes.inbox === region),
    );
    return inboxes.flat().length;
  }

  stop(from: string, to: string): void {
    const way = `${from}>${to}`;
    this.#stopped.set(way, (this.#stopped.get(way) ?? 0) + 1);
  }

  resume(from: string, to: string): void {
    const way = `${from}>${to}`;
    this.#stopped.set(way, (this.#stopped.get(way) ?? 1) - 1);
  }

  #globalTable(name: string): MemoryGlobalTable {
    const { shape, world } = this.#at;
    let table = this.#global.get(name);
    if (table === undefined) {
      table = new MemoryGlobalTable(
        shape.regions,
        () => world.now,
        (from, to, run) => world.after(this.#lagMs(), () => this.#carry(from, to, run)),
      );
      this.#global.set(name, table);
    }
    return table;
  }

  #carry(from: string, to: string, run: () => void): void {
    const { network, world, dice } = this.#at;
    const isStopped = network.isCut(from, to) || (this.#stopped.get(`${from}>${to}`) ?? 0) > 0;
    if (isStopped) world.after(carryAgainMs * (0.5 + dice.next()), () => this.#carry(from, to, run));
    else run();
  }

  #lagMs(): number {
    const { dice, shape, calm } = this.#at;
    const { late, lateMs } = shape.weather;
    const [low, high] = lateMs;
    const extraMs = !calm() && dice.chance(late) ? low + dice.next() * (high - low) : 0;
    return 30 + dice.next() * (dice.chance(0.1) ? 1_000 : 300) + extraMs;
  }

  #reached(machine: Machine, region: string, store: MemoryStore, isFull: () => boolean = () => false): Table {
    const { network, shape, machineOf } = this.#at;
    // The tables of a region outlive its processes; of the witness there is nothing but its table.
    const isUp = (): boolean => shape.regions.includes(region) || machineOf(region)?.running === true;
    const place = machine.name === region ? `the tables of ${region}` : region;
    return new ReachedTable(store, { network, machine, place, isUp, isFull });
  }
}
