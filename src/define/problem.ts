/** One thing that is wrong with a definition or an environment. */
export interface Problem {
  /** The field, from the definition's top: `partner.topology.recoveryPoint`. */
  readonly path: string;
  /** What is wrong with it. */
  readonly message: string;
  /** What to do; null where the message says it. */
  readonly fix: string | null;
}

export const problem = (path: string, message: string, fix: string | null = null): Problem => ({ path, message, fix });

/** `path: message: fix`, one line for people. */
export const problemLine = ({ path, message, fix }: Problem): string =>
  fix === null ? `${path}: ${message}` : `${path}: ${message}: ${fix}`;

/** A definition cannot be used as it stands. The message lists every problem, one a line. */
export class DefinitionError extends Error {
  override readonly name = "DefinitionError";
  readonly problems: readonly Problem[];

  constructor(connector: string, problems: readonly Problem[]) {
    super(`connector '${connector}':\n${problems.map((each) => `  ${problemLine(each)}`).join("\n")}`);
    this.problems = problems;
  }
}
