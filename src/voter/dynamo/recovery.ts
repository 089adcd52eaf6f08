import type { Table } from "../../aws/dynamo/table.ts";
import type { Clock, Voter } from "../../core/ports.ts";
import { agreed, type VoterSets } from "../../core/quorum.ts";
import type { LeaseTimings } from "../../core/timings.ts";
import { emptyRow, told } from "../../core/voter-row.ts";
import { type TableLease, type TableRow, voterKey } from "./voter-item.ts";

export interface RecoveryOptions {
  readonly name: string;
  readonly table: Table;
  readonly timings: LeaseTimings;
  readonly clock: Clock;
  readonly process: string;
  readonly others: readonly Voter[];
  /** Default: the other voters in one set. */
  readonly voterSets?: VoterSets;
}

/**
 * Epochs are never reused, so a voter without rows first learns the highest, and who holds, from a majority of the others:
 * of every set, since it is not known in which generation it granted last.
 */
export class Recovery {
  readonly #options: RecoveryOptions;
  readonly #others: VoterSets;
  readonly #underWay = new Set<string>();

  constructor(options: RecoveryOptions) {
    this.#options = options;
    const { name, others, voterSets } = options;
    const { generation, sets } = voterSets ?? { generation: 1, sets: [others.map((other) => other.name)] };
    const without = sets.map((set) => set.filter((each) => each !== name)).filter((set) => set.length > 0);
    this.#others = { generation, sets: without };
  }

  begin(duty: string): void {
    if (this.#underWay.has(duty)) return;
    this.#underWay.add(duty);
    this.#ask(duty);
  }

  #ask(duty: string): void {
    const { name, others, clock, timings } = this.#options;
    let row: TableRow = { ...emptyRow, recovered: true };
    const known = new Set<string>();
    let isDone = false;
    const consider = (): void => {
      if (isDone || !agreed(this.#others, known)) return;
      isDone = true;
      this.#write(duty, row);
    };
    for (const other of others) {
      other.request({ kind: "read", duty, holder: name, generation: 0, wanted: false }, (reply) => {
        if (reply === null || isDone) return;
        row = { ...told(row, reply, toldLease), recovered: true };
        known.add(other.name);
        consider();
      });
    }
    consider();
    clock.after(timings.ttlMs / 4, () => {
      if (isDone) return;
      isDone = true;
      this.#ask(duty);
    });
  }

  #write(duty: string, row: TableRow): void {
    const { table, process } = this.#options;
    const set = { version: 1, writer: `${process}#0`, row: JSON.stringify(row) };
    // Whoever asks next sees whether it was written, and begins again if not.
    table.update(voterKey(duty), { set }, { kind: "absent-or-below", attribute: "version", value: 1 }, () =>
      this.#underWay.delete(duty),
    );
  }
}

const toldLease = ({ holder, epoch }: { readonly holder: string; readonly epoch: number }): TableLease => ({
  holder,
  epoch,
  at: 0,
  released: false,
  told: true,
});
