/** Why something failed, for people. Of what the engine printed, only its diagnostics. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const diagnostics = /^Diagnostics:\n(.*?)\n(?=Outputs|Policies|Resources|Duration)/ms.exec(text)?.[1];
  if (diagnostics === undefined) return text;
  return diagnostics
    .split(/\n\s*\n/)
    .filter((stanza) => !/error: (update|preview) failed$/.test(stanza.trimEnd()))
    .join("\n");
}
