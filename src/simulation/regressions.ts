/** Seeds that once broke something, each with what it was. They run first, and in `npm test`. */
export const regressions: readonly { readonly seed: number; readonly regions?: number; readonly story: string }[] = [];
