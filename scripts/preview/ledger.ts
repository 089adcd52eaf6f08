// What giver and taker saw, and whether it adds up. Pure.

export interface Taken {
  readonly id: string;
  /** Whose hub gave it; null: a partner took it. */
  readonly region: string | null;
  /** Monotonic, milliseconds. */
  readonly at: number;
}

export interface Verdict {
  readonly acknowledged: number;
  readonly taken: number;
  /** Acknowledged, and never taken. */
  readonly lost: readonly string[];
  /** Taken, and given by nobody. */
  readonly invented: readonly string[];
  /** Taken more than once, though nothing was disrupted. */
  readonly twice: readonly string[];
  /** Taken more than once by a lapse, which is promised: the adopter cannot know all that was sent. */
  readonly twiceByLapse: readonly string[];
}

export class Ledger {
  readonly #given = new Map<string, { readonly disrupted: boolean; acknowledged: boolean }>();
  readonly taken: Taken[] = [];

  /** @param disrupted whether it is given while, or just before, a region is stopped */
  giving(id: string, disrupted: boolean): void {
    this.#given.set(id, { disrupted, acknowledged: false });
  }

  acknowledged(id: string): void {
    const given = this.#given.get(id);
    if (given !== undefined) given.acknowledged = true;
  }

  /** What was acknowledged and is not taken yet. */
  get open(): readonly string[] {
    const had = new Set(this.taken.map(({ id }) => id));
    return [...this.#given].flatMap(([id, { acknowledged }]) => (acknowledged && !had.has(id) ? [id] : []));
  }

  get verdict(): Verdict {
    const count = new Map<string, number>();
    for (const { id } of this.taken) count.set(id, (count.get(id) ?? 0) + 1);
    const more = [...count].flatMap(([id, times]) => (times > 1 && this.#given.has(id) ? [id] : []));
    const lapsed = (id: string): boolean => this.#given.get(id)?.disrupted === true;
    return {
      acknowledged: [...this.#given.values()].filter(({ acknowledged }) => acknowledged).length,
      taken: count.size,
      lost: this.open,
      invented: [...count.keys()].filter((id) => !this.#given.has(id)),
      twice: more.filter((id) => !lapsed(id)),
      twiceByLapse: more.filter(lapsed),
    };
  }
}

/** Promises that were broken, each in a sentence. */
export function problemsOf({ lost, invented, twice }: Verdict): readonly string[] {
  const told = (what: string, ids: readonly string[]): readonly string[] =>
    ids.length === 0 ? [] : [`${ids.length} ${what}: ${ids.slice(0, 5).join(", ")}${ids.length > 5 ? ", ..." : ""}`];
  return [
    ...told("acknowledged and never taken", lost),
    ...told("taken and given by nobody", invented),
    ...told("taken twice though nothing was disrupted", twice),
  ];
}
