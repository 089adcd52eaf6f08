import { readText } from "./files.ts";

const file: { readonly version?: unknown } = JSON.parse(
  readText(new URL("../../../package.json", import.meta.url).pathname) ?? "{}",
);

/** Of this Isthmus. */
export const version = String(file.version ?? "unknown");
