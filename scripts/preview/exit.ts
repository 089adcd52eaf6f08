/** Exit codes of `npm run preview:test`. The gravest that holds. */
export const exit = {
  /** All promises were kept, and nothing is left. */
  well: 0,
  /** Wrong use, or something hindered it: a deployment that failed, an account that refuses. */
  hindered: 1,
  /** A promise was broken, and nothing is left. */
  broken: 2,
  /** Something is left, or what is left is not known: it is to be removed by hand, or by `--destroy`. */
  left: 3,
  /** Ctrl-C, and nothing is left. */
  interrupted: 130,
} as const;
export type ExitCode = (typeof exit)[keyof typeof exit];
