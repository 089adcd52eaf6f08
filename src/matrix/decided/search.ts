/** A year: what has not been decided by then is not decided by time. Milliseconds. */
const never = 365 * 86_400_000;

/**
 * The least time after which a decision is taken, found by asking for it; null: time alone does not bring it about.
 *
 * @param taken must stay true once it is
 */
export const firstMs = (taken: (afterMs: number) => boolean): number | null => {
  if (!taken(never)) return null;
  let [low, high] = [0, never];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (taken(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
};
