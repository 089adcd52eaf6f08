// What the keeper found out by its traces, for whoever asks how the region is. In the regional table.
import type { Table } from "../../../aws/dynamo/table.ts";
import type { Clock, Done } from "../../../core/ports.ts";
import type { HealthAnswer } from "../../shared/health.ts";
import { dutyKey, dutyRowOf } from "../lease/duty-row.ts";

export interface ToldHealth {
  /** Whether the store took a trace. */
  readonly accept: HealthAnswer;
  /** Whether it was handed on; null: the region did not act for its own journals. */
  readonly act: HealthAnswer | null;
  /** When the trace was begun. Wall clock of the region, ms. */
  readonly at: number;
}

const healthKey = { pk: "health", sk: "gateway" };
/** Traces go each minute: what is older than two of them and a call of the keeper tells nothing of now. Milliseconds. */
const oldMs = 180_000;

export const tellHealth = (table: Table, told: ToldHealth, done: () => void): void =>
  table.put({ ...healthKey, attributes: { told: JSON.stringify(told) } }, null, done);

/** `done(null)`: nothing was told yet, or the table does not answer. */
export const toldHealth = (table: Table, done: Done<ToldHealth | null>): void =>
  table.get([healthKey], false, (got) => {
    const told = got.kind === "got" ? got.items[0]?.attributes.told : undefined;
    // Written by `tellHealth`.
    done(typeof told === "string" ? (JSON.parse(told) as ToldHealth) : null);
  });

export interface RegionHealthPorts {
  readonly region: string;
  /** Of the region, not replicated. */
  readonly regionalTable: Table;
  readonly clock: Clock;
}

/** How a region is, by the last trace and by what stands now. No answer depends on a partner. */
export class RegionHealth {
  readonly #ports: RegionHealthPorts;

  constructor(ports: RegionHealthPorts) {
    this.#ports = ports;
  }

  /**
   * Whether the store takes entries. A region whose keeper is gone accepts all the same: then the answer is what the store
   * says now.
   *
   * @param answers whether the store from which it is asked answers now
   */
  async accept(answers: boolean): Promise<HealthAnswer> {
    if (!answers) return { well: false, detail: "the store does not answer" };
    const told = await this.#fresh();
    if (told === null) return { well: true, detail: "the store answers; no trace of late" };
    return told.accept;
  }

  /** Whether what is accepted here is handed on here. */
  async act(): Promise<HealthAnswer> {
    const [told, acts] = await Promise.all([this.#fresh(), actsAtHome(this.#ports)]);
    if (!acts) return { well: false, detail: "this region does not act" };
    if (told === null || told.act === null) return { well: true, detail: "the lease is held; no trace since" };
    return told.act;
  }

  async #fresh(): Promise<ToldHealth | null> {
    const { regionalTable, clock } = this.#ports;
    const told = await new Promise<ToldHealth | null>((done) => toldHealth(regionalTable, done));
    return told !== null && clock.wallMs() - told.at < oldMs ? told : null;
  }
}

/** Whether the region acts for its own journals now, by what its keeper published. */
export const actsAtHome = ({ regionalTable, region, clock }: RegionHealthPorts): Promise<boolean> =>
  new Promise((done) =>
    regionalTable.get([dutyKey(region)], true, (got) => {
      const item = got.kind === "got" ? (got.items[0] ?? null) : null;
      done(item !== null && dutyRowOf(item).until > clock.wallMs());
    }),
  );
