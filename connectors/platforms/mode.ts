/** How the regions of an environment share the work. */
export type Mode = "active-active" | "primary-secondary";
export const MODES: readonly Mode[] = ["active-active", "primary-secondary"];

/** An even number of regions has no majority when cut in half, so it gets a witness. */
export const needsWitness = (regions: readonly string[]): boolean => regions.length % 2 === 0;
