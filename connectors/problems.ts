// What is wrong with what a user wrote, told all at once.
import { RunError } from "@pulumi/pulumi";

/** One problem: the field's path, and what is wrong with it. */
export interface Problem {
  readonly path: string;
  readonly message: string;
}

/** A component or stack cannot be planned. Every problem is a line that names its field. Shown without a stack trace. */
export class PlanError extends RunError {
  readonly problems: readonly Problem[];

  constructor(subject: string, problems: readonly Problem[]) {
    super(`${subject} cannot be deployed:\n${problems.map(({ path, message }) => `  ${path}: ${message}`).join("\n")}`);
    this.problems = problems;
  }
}

/** @throws PlanError if there are problems. */
export function refuse(subject: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new PlanError(subject, problems);
}
