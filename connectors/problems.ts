// What is wrong with what a user wrote, told all at once.
import { RunError } from "@pulumi/pulumi";
import { type Problem, problemLine } from "../src/define/problem.ts";

/** A component or stack cannot be planned. Every problem is a line that names its field. Shown without a stack trace. */
export class PlanError extends RunError {
  readonly problems: readonly Problem[];

  constructor(subject: string, problems: readonly Problem[]) {
    super(`${subject} cannot be deployed:\n${problems.map((each) => `  ${problemLine(each)}`).join("\n")}`);
    this.problems = problems;
  }
}

/** @throws PlanError if there are problems. */
export function refuse(subject: string, problems: readonly Problem[]): void {
  if (problems.length > 0) throw new PlanError(subject, problems);
}
