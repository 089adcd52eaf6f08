// Lengths of time and amounts of bytes: text at the user's boundary, milliseconds and bytes inside.

const msPer = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const bytesPer = { B: 1, KB: 1_000, MB: 1_000_000, GB: 1_000_000_000 } as const;

const parse = (text: string, pattern: RegExp, factors: Readonly<Record<string, number>>): number | null => {
  const [, digits, unit] = pattern.exec(text) ?? [];
  const factor = factors[unit ?? ""];
  return digits === undefined || factor === undefined ? null : Math.round(Number(digits) * factor);
};

/** Milliseconds of `"250ms"`, `"1.5s"`, `"30m"`, `"24h"`, `"7d"`; null where the text is none of these. */
export const parseDuration = (text: string): number | null => parse(text, /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/, msPer);

/** Bytes of `"512B"`, `"64KB"`, `"5MB"`, `"1GB"`; null where the text is none of these. */
export const parseSize = (text: string): number | null => parse(text, /^(\d+(?:\.\d+)?)(B|KB|MB|GB)$/, bytesPer);

/** `durationMs("30s")` is 30000. Throws a `RangeError` on anything that is not a duration; `check` finds it first. */
export const durationMs = (text: string): number => {
  const ms = parseDuration(text);
  if (ms === null)
    throw new RangeError(`'${text}' is not a length of time such as "250ms", "30s", "5m", "24h" or "7d"`);
  return ms;
};

/** `sizeBytes("5MB")` is 5000000. Throws a `RangeError` on anything that is not a size; `check` finds it first. */
export const sizeBytes = (text: string): number => {
  const bytes = parseSize(text);
  if (bytes === null) throw new RangeError(`'${text}' is not a size such as "512B", "64KB", "5MB" or "1GB"`);
  return bytes;
};

/** The largest unit up to hours that leaves a whole number: `formatDuration(259_200_000)` is "72h". */
export const formatDuration = (ms: number): string => {
  for (const unit of ["h", "m", "s"] as const)
    if (ms > 0 && ms % msPer[unit] === 0) return `${ms / msPer[unit]}${unit}`;
  return `${ms}ms`;
};
