// What the engine said when it failed, without the noise around it.

/** An operation on a stack failed. The message is the engine's own diagnostics. */
export class EngineFailure extends Error {
  override readonly name = "EngineFailure";

  constructor(operation: string, stack: string, cause: unknown) {
    super(`pulumi ${operation} ${stack} failed:\n${diagnosis(cause)}`, { cause });
  }
}

/** The section that names the resources and their errors; else the lines that begin with `error:`; else all of it. */
export function diagnosis(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  const [, section] = /^Diagnostics:\n([\s\S]*?)\n(?=Outputs:|Resources:|Duration:|\S)/m.exec(said) ?? [];
  if (section !== undefined) return section.replace(/\n{2,}/g, "\n").trimEnd();
  const errors = said.split("\n").filter((line) => line.startsWith("error:"));
  return [...new Set(errors)].map((line) => `  ${line}`).join("\n") || said;
}
