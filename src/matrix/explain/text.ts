/** Numbers and lists as words. */

const units = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["min", 60_000],
  ["s", 1_000],
  ["ms", 1],
] as const;

/** `13 s`, `1 min 30 s`, `7 d`: exact. */
export const span = (ms: number): string => {
  let rest = Math.round(ms);
  const parts: string[] = [];
  for (const [name, factor] of units) {
    const count = Math.floor(rest / factor);
    rest -= count * factor;
    if (count > 0) parts.push(`${count} ${name}`);
  }
  return parts.length === 0 ? "0 s" : parts.join(" ");
};

const sizes = [
  ["GB", 1_000_000_000],
  ["MB", 1_000_000],
  ["KB", 1_000],
] as const;

export const size = (bytes: number): string => {
  for (const [name, factor] of sizes) if (bytes >= factor) return `${Math.round((bytes / factor) * 100) / 100} ${name}`;
  return `${bytes} B`;
};

/** `a`, `a and b`, `a, b and c`. */
export const list = (names: readonly string[], word = "and"): string =>
  names.length < 2 ? (names[0] ?? "") : `${names.slice(0, -1).join(", ")} ${word} ${names.at(-1)}`;

export const sentences = (parts: readonly (string | null)[]): readonly string[] =>
  parts.filter((part) => part !== null);

export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The first sentence, to stand in a table. */
export const firstOf = ([first = ""]: readonly string[]): string =>
  `${first.charAt(0).toLowerCase()}${first.slice(1).replace(/\.$/, "")}`;
