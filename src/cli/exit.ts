/** Exit codes of every command: what a script may decide by. */
export const exit = {
  well: 0,
  /** Wrong use, or refused. */
  usage: 1,
  /** Something needs attention: a site away, a duty that nobody holds, entries that wait for a person, a failed check. */
  degraded: 2,
  /** A region does not answer, so the answer is not whole. */
  silent: 3,
} as const;

export type ExitCode = (typeof exit)[keyof typeof exit];

/** Wrong use of a command. The message is for the user. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
