// Which runs a filter of cells needs: a run is one variant in one of our modes, and drills all its cells at once.
import { type Cell, select, type TopologyMode, topologies, variantsOf } from "../../src/matrix/cells.ts";
import { type DrilledRole, roles, theirNames, topologyOf } from "./roles.ts";
import { type DrilledVariant, isDrilled, variants } from "./variants.ts";

export interface PlannedRun {
  readonly mode: TopologyMode;
  readonly variant: DrilledVariant;
}

export interface Plan {
  /** Cells that are drilled. */
  readonly cells: readonly Cell[];
  /** By variant, in the order of the matrix; the modes of one run beside each other. */
  readonly turns: readonly (readonly PlannedRun[])[];
  readonly modes: readonly TopologyMode[];
}

/**
 * @param filter of the matrix's cells; those of other locations are left out
 * @param only variants; empty: all
 * @param drilled roles that are
 */
export function planOf(filter: string, only: readonly string[] = [], drilled: readonly DrilledRole[] = roles): Plan {
  const cells = select(filter).filter(({ location, role }) => location === "same-cloud" && drilled.includes(role));
  const wanted = (mode: TopologyMode, variant: DrilledVariant): boolean =>
    (only.length === 0 || only.includes(variant)) &&
    cells.some((cell) => cell.ourTopology === mode && variantsOf(cell).includes(variant));
  const turns = Object.keys(variants)
    .filter((name): name is DrilledVariant => isDrilled(name as DrilledVariant))
    .map((variant) => topologies.filter((mode) => wanted(mode, variant)).map((mode) => ({ mode, variant })))
    .filter((runs) => runs.length > 0);
  const modes = topologies.filter((mode) => turns.flat().some((run) => run.mode === mode));
  return { cells, turns, modes };
}

/** The same, a mode for itself. */
export const byMode = (plan: Plan): readonly Plan[] =>
  plan.modes.map((mode) => ({
    cells: plan.cells.filter(({ ourTopology }) => ourTopology === mode),
    turns: plan.turns.map((runs) => runs.filter((run) => run.mode === mode)).filter((runs) => runs.length > 0),
    modes: [mode],
  }));

/** Names in the ledgers of the cells of one run that were asked for. */
export const namesIn = ({ cells }: Plan, { mode, variant }: PlannedRun): readonly string[] =>
  roles.flatMap((role) =>
    theirNames.flatMap((theirs) =>
      cells.some(
        (cell) =>
          cell.role === role &&
          cell.theirTopology === topologyOf(theirs) &&
          cell.ourTopology === mode &&
          variantsOf(cell).includes(variant),
      )
        ? [`${role}-${theirs}`]
        : [],
    ),
  );
