import { join, relative } from "node:path";

/** The first problems as esbuild tells them: file, line and what is wrong. */
export function reasonOf(error: unknown, root: string): string {
  if (!(error instanceof Error) || !("errors" in error) || !Array.isArray(error.errors)) return String(error);
  return error.errors
    .slice(0, 5)
    .map(({ text, location }) => {
      if (!location) return text;
      return `${relative(root, join(root, location.file))}:${location.line}: ${text}`;
    })
    .join("\n");
}
